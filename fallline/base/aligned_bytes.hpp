// SPDX-License-Identifier: Apache-2.0
// AlignedBytes: memory that begins at a page, as a disk wants it that is read past the system's cache. It grows, and forgets what it held.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <span>

namespace fallline {

class AlignedBytes {
 public:
  static constexpr std::size_t page = 4096;

  static constexpr std::size_t whole_pages(std::size_t bytes) { return (bytes + page - 1) / page * page; }

  /// So many bytes.
  std::span<std::byte> of(std::size_t bytes) {
    if (bytes > size_) {
      size_ = whole_pages(bytes);
      bytes_.reset();  // before there are the others
      bytes_.reset(static_cast<std::byte*>(::operator new(size_, std::align_val_t(page))));
    }
    return {bytes_.get(), bytes};
  }

 private:
  struct Free {
    void operator()(std::byte* bytes) const { ::operator delete(bytes, std::align_val_t(page)); }
  };

  std::unique_ptr<std::byte, Free> bytes_;
  std::size_t size_ = 0;
};

}  // namespace fallline
