// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace generate {

/// To stdout. A full disk or a closed pipe ends the program.
void put(std::string_view bytes);

/// Lines of text on their way to stdout.
class Text {
 public:
  Text() = default;
  Text(const Text&) = delete;
  Text& operator=(const Text&) = delete;
  ~Text() { put(line); }
  std::string line;

  void end_line() {
    line += '\n';
    if (line.size() > (std::size_t{1} << 20U)) {
      put(line);
      line.clear();
    }
  }
};

/// Four decimals, without a library in the inner loop.
void put_fixed(std::string& text, std::int64_t ten_thousandths);

}  // namespace generate
