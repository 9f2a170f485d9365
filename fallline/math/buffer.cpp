// SPDX-License-Identifier: Apache-2.0
#include "fallline/math/buffer.hpp"

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace fallline::detail {

namespace {

constexpr std::size_t huge_page = std::size_t{1} << 21U;
constexpr std::size_t large = 2 * huge_page;  // below, a huge page would waste more than it saves

std::align_val_t alignment_for(std::size_t bytes) { return std::align_val_t{bytes >= large ? huge_page : 64}; }

}  // namespace

void* allocate_buffer(std::size_t bytes) {
  void* at = ::operator new(bytes, alignment_for(bytes));
#if defined(__linux__) && defined(MADV_HUGEPAGE)
  if (bytes >= large) {
    (void)::madvise(at, bytes / huge_page * huge_page, MADV_HUGEPAGE);  // advice only: where it is not taken, small pages serve
  }
#endif
  return at;
}

void free_buffer(void* at, std::size_t bytes) { ::operator delete(at, alignment_for(bytes)); }

}  // namespace fallline::detail
