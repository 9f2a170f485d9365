// SPDX-License-Identifier: Apache-2.0
#include "fallline/base/expects.hpp"

#include <cstdio>
#include <cstdlib>

namespace fallline {

void contract_broken(const char* what, const std::source_location& where) {
  std::fprintf(stderr, "fallline: internal fault at %s:%u: expected that %s\n", where.file_name(), static_cast<unsigned>(where.line()),
               what);
  std::abort();
}

}  // namespace fallline
