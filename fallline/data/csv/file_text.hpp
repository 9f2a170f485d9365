// SPDX-License-Identifier: Apache-2.0
// The bytes of a file as one view, mapped where the system can, else read. Whoever points into it keeps it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fallline/base/memory.hpp"
#include "fallline/base/result.hpp"

namespace fallline::csv {

class FileText {
 public:
  /// What cannot be mapped (a pipe) is read to its end. memory: what that may take, else it goes to a scratch file; null: any.
  static Result<FileText> open(const std::string& path, Memory* memory = nullptr);
  static FileText holding(std::string text, std::string name);
  /// Bytes that stay where they are as long as their owner. mapped: they are pages of a file, which may be let go.
  static FileText over(std::string_view bytes, std::shared_ptr<const void> owner, bool mapped, std::string name);

  const std::string& name() const { return name_; }
  std::string_view bytes() const { return bytes_; }
  /// Leaves out the first bytes, e.g. a byte order mark; `lines` of them end there, which counting goes on to know of.
  void skip_front(std::size_t bytes, std::size_t lines = 0) {
    bytes_.remove_prefix(bytes);
    lines_before_ += lines;
  }
  std::size_t lines_before() const { return lines_before_; }
  /// These bytes will be read soon: the system may fetch them meanwhile.
  void soon(std::string_view bytes) const;
  /// These bytes have been read: they need not stay in memory. They may be read again, from the file.
  void let_go(std::string_view bytes) const;
  /// A data error where the file is not what it was when it was opened: what was read of it may be half one and half the other. One that
  /// was removed or replaced meanwhile was read whole.
  Result<void> unchanged() const;
  /// That error.
  Error changed() const;
  /// "FILE:LINE" of a character of this text. Counts lines from the start, so it is for messages only.
  std::string place(const char* at) const;

 private:
  void advise(std::string_view bytes, int advice) const;

  std::string name_;
  std::string_view bytes_;
  std::size_t lines_before_ = 0;
  bool mapped_ = false;
  std::array<std::int64_t, 5> stamp_{};  // of a mapped file: which it is, its size and when it was written last
  std::shared_ptr<const void> owner_;    // a mapping or a string
};

/// The first that has changed.
Result<void> unchanged(const std::vector<FileText>& files);

/// All of them, in their order; a usage error where there is none.
Result<std::vector<FileText>> open_all(const std::vector<std::string>& paths, Memory* memory = nullptr);

}  // namespace fallline::csv
