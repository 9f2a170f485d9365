// SPDX-License-Identifier: Apache-2.0
#include "cli/braille.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace fallline::cli {

namespace {

/// Bits of the block by row and column of the dot (Unicode 15, table 2800).
constexpr std::array<std::array<unsigned char, 2>, 4> bits{{{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}}};

std::string braille(unsigned char dots) {
  return {static_cast<char>(0xE2), static_cast<char>(0xA0 | (dots >> 6U)), static_cast<char>(0x80 | (dots & 0x3FU))};
}

/// Narrows [from, to], a share of a segment, to where start + share * move lies in [0, most]; false where nothing is left.
bool clip(double start, double move, double most, double& from, double& to) {
  if (move == 0) {
    return start >= 0 && start <= most;
  }
  const double a = -start / move;
  const double b = (most - start) / move;
  from = std::max(from, std::min(a, b));
  to = std::min(to, std::max(a, b));
  return from <= to;
}

}  // namespace

BrailleCanvas::BrailleCanvas(std::size_t columns, std::size_t rows) : columns_(columns), rows_(rows), cells_(columns * rows) {}

bool BrailleCanvas::holds(double x, double y) const {
  return x >= 0 && y >= 0 && x < static_cast<double>(width()) && y < static_cast<double>(height());
}

BrailleCanvas::Cell& BrailleCanvas::cell(double x, double y) {
  return cells_[static_cast<std::size_t>(y) / 4 * columns_ + static_cast<std::size_t>(x) / 2];
}

void BrailleCanvas::dot(Pen pen, double x, double y) {
  if (holds(x, y)) {
    Cell& at = cell(x, y);
    unsigned char& dots = pen == Pen::line ? at.line : at.ground;
    dots = static_cast<unsigned char>(dots | bits[static_cast<std::size_t>(y) % 4][static_cast<std::size_t>(x) % 2]);
  }
}

void BrailleCanvas::line(Pen pen, double x0, double y0, double x1, double y1) {
  double from = 0;
  double to = 1;
  const double dx = x1 - x0;
  const double dy = y1 - y0;
  if (!std::isfinite(dx) || !std::isfinite(dy) || !clip(x0, dx, static_cast<double>(width()), from, to) ||
      !clip(y0, dy, static_cast<double>(height()), from, to)) {
    return;
  }
  const int dots = 1 + static_cast<int>(std::max(std::abs(dx), std::abs(dy)) * (to - from));
  for (int i = 0; i <= dots; ++i) {
    const double share = from + (to - from) * i / dots;
    dot(pen, x0 + share * dx, y0 + share * dy);
  }
}

void BrailleCanvas::letter(char letter, double x, double y) {
  if (holds(x, y)) {
    cell(x, y).letter = letter;
  }
}

std::string BrailleCanvas::row(std::size_t at, bool colour) const {
  const auto first = cells_.begin() + static_cast<std::ptrdiff_t>(at * columns_);
  std::string out;
  int style = 0;
  for (auto cell = first; cell != first + static_cast<std::ptrdiff_t>(columns_); ++cell) {
    const bool front = cell->letter != 0 || cell->line != 0;
    const int wanted = front ? 1 : cell->ground != 0 ? 2 : 0;  // bold, dim, plain
    if (colour && wanted != style) {
      out += wanted == 0 ? "\x1b[0m" : wanted == 1 ? "\x1b[0;1m" : "\x1b[0;2m";
      style = wanted;
    }
    out += cell->letter != 0 ? std::string(1, cell->letter) : braille(cell->line != 0 ? cell->line : cell->ground);
  }
  return style == 0 ? out : out + "\x1b[0m";
}

}  // namespace fallline::cli
