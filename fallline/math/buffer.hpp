// SPDX-License-Identifier: Apache-2.0
// Buffer<T>: a vector whose resize leaves new numbers unset, so that a large table is first touched by the threads that fill it. Large ones
// ask for huge pages where the system has them: rows in shuffled order would otherwise miss the page tables at every row.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <new>
#include <utility>
#include <vector>

namespace fallline {

namespace detail {
/// 64-byte aligned; from `large` bytes on aligned to huge pages and advised so. Throws std::bad_alloc as operator new does.
void* allocate_buffer(std::size_t bytes);
void free_buffer(void* at, std::size_t bytes);
}  // namespace detail

template <class T>
struct UnsetAllocator {
  using value_type = T;

  UnsetAllocator() = default;
  template <class U>
  UnsetAllocator(const UnsetAllocator<U>&) {}  // NOLINT(google-explicit-constructor)

  T* allocate(std::size_t n) { return static_cast<T*>(detail::allocate_buffer(n * sizeof(T))); }
  void deallocate(T* at, std::size_t n) { detail::free_buffer(at, n * sizeof(T)); }

  template <class U>
  void construct(U* at) {
    ::new (static_cast<void*>(at)) U;
  }
  template <class U, class... Args>
  void construct(U* at, Args&&... args) {
    ::new (static_cast<void*>(at)) U(std::forward<Args>(args)...);
  }

  friend bool operator==(const UnsetAllocator&, const UnsetAllocator&) { return true; }
};

template <class T>
using Buffer = std::vector<T, UnsetAllocator<T>>;

template <class T>
bool operator==(const Buffer<T>& a, const std::vector<T>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

}  // namespace fallline
