// SPDX-License-Identifier: Apache-2.0
// The instruction set that the kernels run on: the best that the machine has, unless one is pinned, by a call or by FALLLINE_ISA in the
// environment. BLAS picks kernels of its own by the machine it finds itself on, so products of matrices stay in our tiles under a pin, and
// machines that differ come to the same sums.
#pragma once

#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "fallline/base/result.hpp"

namespace fallline {

enum class InstructionSet { avx512, avx2, baseline };

/// The sets that are compiled in and that this machine has, the best one first: "avx512", "avx2", "baseline".
const std::vector<std::string>& instruction_sets();

/// The one in use.
std::string_view instruction_set();
InstructionSet instruction_set_in_use();
bool instruction_set_is_pinned();

/// From here on the kernels of the whole process run on this set; not to be called while they run. A usage error lists what there is.
Result<void> pin_instruction_set(std::string_view name);

/// Pins what FALLLINE_ISA names, the first time it is called; whoever pinned a set by then keeps it. Without that variable nothing is
/// pinned.
Result<void> pin_instruction_set_by_environment();

/// The best one again, for tests.
void unpin_instruction_set();

/// One of three that do the same; a null pointer stands for a set that is not compiled in, which is never in use.
template <class Function>
Function* for_set_in_use(std::type_identity_t<Function>* avx512, std::type_identity_t<Function>* avx2, Function* baseline) {
  switch (instruction_set_in_use()) {
    case InstructionSet::avx512:
      return avx512;
    case InstructionSet::avx2:
      return avx2;
    default:
      return baseline;
  }
}

}  // namespace fallline
