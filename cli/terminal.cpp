// SPDX-License-Identifier: Apache-2.0
#include "cli/terminal.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "fallline/base/file.hpp"
#include "fallline/base/text.hpp"

namespace fallline::cli {

namespace {

bool coloured(int fd) {
  const char* never = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  return ::isatty(fd) == 1 && (never == nullptr || *never == '\0') && (terminal == nullptr || std::string_view(terminal) != "dumb");
}

}  // namespace

bool stderr_is_terminal() { return ::isatty(STDERR_FILENO) == 1; }

std::string bold_on_stdout(std::string_view text) {
  static const bool colour = coloured(STDOUT_FILENO);
  return colour ? fmt::format("\x1b[1m{}\x1b[0m", text) : std::string(text);
}

std::string red_on_stderr(std::string_view text) {
  static const bool colour = coloured(STDERR_FILENO);
  return colour ? fmt::format("\x1b[31m{}\x1b[0m", text) : std::string(text);
}

void say(std::string_view line) { write_all(STDERR_FILENO, fmt::format("{}\n", line)); }

void say_over(std::string_view line) {
  winsize size{};
  const bool known = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
  const std::size_t width = known ? size.ws_col - 1U : 79U;  // a longer line would wrap, and could not be taken back
  write_all(STDERR_FILENO, fmt::format("\r\x1b[K{}", line.substr(0, width)));
}

Result<void> print(std::string_view text) {
  if (!write_all(STDOUT_FILENO, text)) {
    return no_room_error(fmt::format("The result cannot be written to stdout: {}.", std::strerror(errno)));
  }
  return {};
}

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

std::string aligned(std::vector<std::vector<std::string>> rows, const std::vector<bool>& right, std::string_view indent) {
  std::vector<std::size_t> widths;
  for (auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) {
      row[i] = printable(row[i]);
      widths[i] = std::max(widths[i], width_of(row[i]));
    }
  }
  std::string out;
  for (const auto& row : rows) {
    std::string line(indent);
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string pad(widths[i] - width_of(row[i]), ' ');
      const bool flush_right = i < right.size() && right[i];
      line += (i == 0 ? "" : "  ") + (flush_right ? pad + row[i] : row[i] + pad);
    }
    out += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return out;
}

std::string wrapped(std::string_view text, std::size_t indent, std::size_t width) {
  std::string out;
  std::size_t column = indent;
  for (const std::string_view word : split(text, ' ')) {
    const std::size_t needed = width_of(word);
    if (column > indent && column + 1 + needed > width) {
      out += "\n" + std::string(indent, ' ');
      column = indent;
    }
    out += (column > indent ? " " : "") + std::string(word);
    column += needed + (column > indent ? 1 : 0);
  }
  return out;
}

}  // namespace fallline::cli
