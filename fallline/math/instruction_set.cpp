// SPDX-License-Identifier: Apache-2.0
#include "fallline/math/instruction_set.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <string>

#include "fallline/base/text.hpp"
#include "fallline/math/targets.hpp"
//
#include <hwy/highway.h>

namespace fallline {

namespace {

struct Known {
  std::string_view name;
  InstructionSet set;
};

constexpr Known known[] = {
    {"avx512", InstructionSet::avx512}, {"avx2", InstructionSet::avx2}, {"baseline", InstructionSet::baseline}};  // the best one first

/// Whether the machine has what Highway compiles with for the set.
bool machine_has([[maybe_unused]] InstructionSet set) {
#if HWY_ARCH_X86
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c") &&
                    __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("pclmul") &&
                    __builtin_cpu_supports("aes");
  const bool avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd");
  return set == InstructionSet::avx512 ? avx512 && (HWY_TARGETS & HWY_AVX3) != 0
         : set == InstructionSet::avx2 ? avx2 && (HWY_TARGETS & HWY_AVX2) != 0
                                       : true;
#else
  return set == InstructionSet::baseline;
#endif
}

InstructionSet best() {
  return std::find_if(std::begin(known), std::end(known), [](const Known& x) { return machine_has(x.set); })->set;
}

std::atomic<InstructionSet>& in_use() {
  static std::atomic<InstructionSet> set = best();
  return set;
}

std::atomic<bool> pinned{false};

Result<void> pin(std::string_view name, std::string_view named_by) {
  const auto& sets = instruction_sets();
  if (std::find(sets.begin(), sets.end(), name) == sets.end()) {
    return usage_error(
        fmt::format("{} is '{}', which is no instruction set of this machine. It may be one of {}; without it the first is taken.",
                    named_by, name, join(sets, ", ")));
  }
  in_use() = std::find_if(std::begin(known), std::end(known), [&](const Known& x) { return x.name == name; })->set;
  pinned = true;
  return {};
}

Result<void> pin_what_environment_names() {
  const char* const name = std::getenv("FALLLINE_ISA");
  return name == nullptr || *name == '\0' || pinned ? Result<void>() : pin(name, "FALLLINE_ISA");
}

}  // namespace

const std::vector<std::string>& instruction_sets() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> found;
    for (const auto& [name, set] : known) {
      if (machine_has(set)) {
        found.emplace_back(name);
      }
    }
    return found;
  }();
  return names;
}

std::string_view instruction_set() {
  return std::find_if(std::begin(known), std::end(known), [set = instruction_set_in_use()](const Known& x) { return x.set == set; })->name;
}

InstructionSet instruction_set_in_use() { return in_use().load(std::memory_order_relaxed); }

bool instruction_set_is_pinned() { return pinned; }

Result<void> pin_instruction_set(std::string_view name) { return pin(name, "The instruction set"); }

Result<void> pin_instruction_set_by_environment() {
  static const Result<void> once = pin_what_environment_names();
  return once;
}

void unpin_instruction_set() {
  in_use() = best();
  pinned = false;
}

}  // namespace fallline
