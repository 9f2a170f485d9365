// SPDX-License-Identifier: Apache-2.0
#include "tools/generate/text.hpp"

#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>

#include "fallline/base/file.hpp"

namespace generate {

void put(std::string_view bytes) {
  if (!fallline::write_all(STDOUT_FILENO, bytes)) {
    std::perror("generate: cannot write");
    std::_Exit(6);
  }
}

void put_fixed(std::string& text, std::int64_t ten_thousandths) {
  std::array<char, 24> digits{};
  char* at = digits.data() + digits.size();
  auto rest = static_cast<std::uint64_t>(ten_thousandths < 0 ? -ten_thousandths : ten_thousandths);
  for (int place = 0; place < 5 || rest > 0; ++place) {
    if (place == 4) {
      *--at = '.';
    }
    *--at = static_cast<char>('0' + rest % 10);
    rest /= 10;
  }
  text += ten_thousandths < 0 ? "-" : "";
  text.append(at, digits.data() + digits.size());
}

}  // namespace generate
