// SPDX-License-Identifier: Apache-2.0
// Buffer<T>: a vector whose resize leaves new numbers unset, so that a large table is first touched by the threads that fill it. Large ones
// ask for huge pages where the system has them: rows in shuffled order would otherwise miss the page tables at every row. A buffer that is
// made with a room stands in that room's file as long as there is space left.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>
#include <vector>

#include "fallline/base/scratch.hpp"

namespace fallline {

namespace detail {
/// 64-byte aligned; from `large` bytes on aligned to huge pages and advised so. Throws std::bad_alloc as operator new does.
void* allocate_buffer(std::size_t bytes);
void free_buffer(void* at, std::size_t bytes);
}  // namespace detail

template <class T>
struct UnsetAllocator {
  using value_type = T;

  using propagate_on_container_move_assignment = std::true_type;
  using propagate_on_container_swap = std::true_type;

  UnsetAllocator() = default;
  explicit UnsetAllocator(std::shared_ptr<ScratchRoom> in) : room(std::move(in)) {}
  template <class U>
  UnsetAllocator(const UnsetAllocator<U>& other) : room(other.room) {}  // NOLINT(google-explicit-constructor)

  T* allocate(std::size_t n) {
    void* at = room ? room->allocate(n * sizeof(T)) : nullptr;
    return static_cast<T*>(at != nullptr ? at : detail::allocate_buffer(n * sizeof(T)));
  }
  void deallocate(T* at, std::size_t n) {
    if (!room || !room->holds(at)) {
      detail::free_buffer(at, n * sizeof(T));
    }
  }

  template <class U>
  void construct(U* at) {
    ::new (static_cast<void*>(at)) U;
  }
  template <class U, class... Args>
  void construct(U* at, Args&&... args) {
    ::new (static_cast<void*>(at)) U(std::forward<Args>(args)...);
  }

  friend bool operator==(const UnsetAllocator& a, const UnsetAllocator& b) { return a.room == b.room; }

  std::shared_ptr<ScratchRoom> room;  // null: memory as any other
};

template <class T>
using Buffer = std::vector<T, UnsetAllocator<T>>;

template <class T>
bool operator==(const Buffer<T>& a, const std::vector<T>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

/// An empty buffer that is to stand in the room; a null room: in memory.
template <class T>
Buffer<T> buffer_in(const std::shared_ptr<ScratchRoom>& room) {
  return Buffer<T>(UnsetAllocator<T>(room));
}

}  // namespace fallline
