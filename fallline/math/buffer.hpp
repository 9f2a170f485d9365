// SPDX-License-Identifier: Apache-2.0
// Buffer<T>: a vector whose resize leaves new numbers unset, so that a large table is first touched by the threads that fill it.
#pragma once

#include <memory>
#include <new>
#include <utility>
#include <vector>

namespace fallline {

template <class T>
struct UnsetAllocator : std::allocator<T> {
  template <class U>
  struct rebind {
    using other = UnsetAllocator<U>;
  };
  template <class U>
  void construct(U* at) {
    ::new (static_cast<void*>(at)) U;
  }
  template <class U, class... Args>
  void construct(U* at, Args&&... args) {
    ::new (static_cast<void*>(at)) U(std::forward<Args>(args)...);
  }
};

template <class T>
using Buffer = std::vector<T, UnsetAllocator<T>>;

}  // namespace fallline
