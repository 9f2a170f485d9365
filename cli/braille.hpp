// SPDX-License-Identifier: Apache-2.0
// A drawing of dots, 2 by 4 of them in a character of the braille block (U+2800), in which text can stand.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace fallline::cli {

/// Which pen a dot is drawn with. Where both meet in a character only the dots of `line` are shown, so that it stands out without colour.
enum class Pen { ground, line };

/// Dots are counted from the top left.
class BrailleCanvas {
 public:
  BrailleCanvas(std::size_t columns, std::size_t rows);

  std::size_t width() const { return columns_ * 2; }
  std::size_t height() const { return rows_ * 4; }

  /// What lies outside is left out.
  void dot(Pen pen, double x, double y);
  /// A straight line between two points, of which either may lie outside.
  void line(Pen pen, double x0, double y0, double x1, double y1);
  /// The character that holds the point becomes this letter.
  void letter(char letter, double x, double y);

  /// The characters of one row; `colour`: ground dim, line and letters bold.
  std::string row(std::size_t at, bool colour) const;

 private:
  struct Cell {
    unsigned char ground = 0;  // a bit a dot
    unsigned char line = 0;
    char letter = 0;
  };
  bool holds(double x, double y) const;
  Cell& cell(double x, double y);

  std::size_t columns_;
  std::size_t rows_;
  std::vector<Cell> cells_;
};

}  // namespace fallline::cli
