// SPDX-License-Identifier: Apache-2.0
#include "cli/descend_plot.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "cli/braille.hpp"
#include "cli/terminal.hpp"
#include "fallline/base/numbers.hpp"

namespace fallline::cli {

namespace {

constexpr std::size_t margin = 10;  // characters left of the drawing
constexpr std::size_t levels = 7;

struct View {
  std::array<Interval, 2> axes;
  double dots_x = 0;  // of the canvas
  double dots_y = 0;

  double column(double x) const { return (x - axes[0].low) / (axes[0].high - axes[0].low) * dots_x; }
  double row(double y) const { return (axes[1].high - y) / (axes[1].high - axes[1].low) * dots_y; }
  bool holds(const std::vector<double>& at) const {
    return at[0] >= axes[0].low && at[0] < axes[0].high && at[1] > axes[1].low && at[1] <= axes[1].high;
  }
};

bool stdout_shows_utf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* set = std::getenv(name);
    if (set != nullptr && *set != '\0') {
      const std::string_view locale(set);
      return locale.find("UTF-8") != locale.npos || locale.find("utf8") != locale.npos || locale.find("utf-8") != locale.npos;
    }
  }
  return false;
}

/// Characters for the drawing itself.
std::array<std::size_t, 2> canvas_size() {
  winsize size{};
  const bool known = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0;
  const std::size_t columns = std::clamp<std::size_t>(known ? size.ws_col : 80, 40, 90) - margin - 4;
  const std::size_t tallest = std::max<std::size_t>(known ? size.ws_row : 36, 26) - 14;  // room for the words
  return {columns, std::min(tallest, columns * 2 / 5)};
}

/// The points of the path inside the box (stretched to hold both ends of a sound descent), a little air around them, and neither side
/// much shorter than the other.
View view_of(const LandscapeInfo& info, const MinimizeResult& end) {
  std::array<Interval, 2> box;
  View view;
  for (std::size_t i = 0; i < 2; ++i) {
    const double first = end.path.front()[i];
    const double last = end.outcome == Outcome::diverged ? first : end.x[i];
    box[i] = {std::min({info.box[i].low, first, last}), std::max({info.box[i].high, first, last})};
    view.axes[i] = {first, first};
  }
  for (const auto& at : end.path) {
    for (std::size_t i = 0; i < 2; ++i) {
      view.axes[i].low = std::min(view.axes[i].low, std::max(at[i], box[i].low));
      view.axes[i].high = std::max(view.axes[i].high, std::min(at[i], box[i].high));
    }
  }
  std::array<double, 2> share{};
  for (std::size_t i = 0; i < 2; ++i) {
    share[i] = (view.axes[i].high - view.axes[i].low) / (box[i].high - box[i].low);
  }
  const double largest = std::max(share[0], share[1]);
  for (std::size_t i = 0; i < 2; ++i) {
    const double wanted = (largest > 0 ? std::max(share[i], largest / 2) * 1.3 : 0.1) * (box[i].high - box[i].low);
    const double middle = view.axes[i].low / 2 + view.axes[i].high / 2;
    view.axes[i] = {middle - wanted / 2, middle + wanted / 2};
  }
  return view;
}

/// Where neighbouring dots lie on two sides of a level, every other dot, so that the path's line stands out without colour. Levels hold
/// equal shares of the picture, but for closer ones at the bottom.
void draw_contours(Landscape& landscape, const View& view, BrailleCanvas& canvas) {
  const std::size_t width = canvas.width();
  const std::size_t height = canvas.height();
  std::vector<double> values(width * height);
  for (std::size_t j = 0; j < height; ++j) {
    for (std::size_t i = 0; i < width; ++i) {
      const std::array<double, 2> at{
          view.axes[0].low + (static_cast<double>(i) + 0.5) / static_cast<double>(width) * (view.axes[0].high - view.axes[0].low),
          view.axes[1].high - (static_cast<double>(j) + 0.5) / static_cast<double>(height) * (view.axes[1].high - view.axes[1].low)};
      values[j * width + i] = landscape.value(at);
    }
  }
  std::vector<double> sorted;
  std::copy_if(values.begin(), values.end(), std::back_inserter(sorted), [](double v) { return std::isfinite(v); });
  if (sorted.empty()) {
    return;
  }
  std::sort(sorted.begin(), sorted.end());
  std::vector<double> edges;
  for (std::size_t k = 0; k < levels; ++k) {
    const double share = std::pow((static_cast<double>(k) + 0.5) / static_cast<double>(levels), 1.7);
    edges.push_back(sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size()))]);
  }
  const auto level = [&](std::size_t i, std::size_t j) {
    const double v = values[j * width + i];
    return std::isnan(v) ? -1 : std::upper_bound(edges.begin(), edges.end(), v) - edges.begin();
  };
  for (std::size_t j = 0; j + 1 < height; ++j) {
    for (std::size_t i = 0; i + 1 < width; ++i) {
      const bool drawn = (i + 2 * j) % 4 < 2;  // half the dots of a line, whichever way it runs
      if (drawn && (level(i, j) != level(i + 1, j) || level(i, j) != level(i, j + 1))) {
        canvas.dot(Pen::ground, static_cast<double>(i), static_cast<double>(j));
      }
    }
  }
}

void draw_path(const MinimizeResult& end, const View& view, BrailleCanvas& canvas) {
  for (std::size_t k = 1; k < end.path.size(); ++k) {
    const auto& from = end.path[k - 1];
    const auto& to = end.path[k];
    canvas.line(Pen::line, view.column(from[0]), view.row(from[1]), view.column(to[0]), view.row(to[1]));
  }
}

std::string with_axes(const BrailleCanvas& canvas, std::size_t columns, std::size_t rows, const View& view) {
  const bool colour = !bold_on_stdout("").empty();
  const auto middle = [](const Interval& axis) { return axis.low / 2 + axis.high / 2; };
  std::string out = fmt::format("{:>{}}\n", "x1", margin);
  for (std::size_t j = 0; j < rows; ++j) {
    const bool labelled = j == 0 || j == rows / 2 || j + 1 == rows;
    const double y = j == 0 ? view.axes[1].high : j + 1 == rows ? view.axes[1].low : middle(view.axes[1]);
    out += fmt::format("{:>{}} {}{}\n", labelled ? brief(y, 3) : "", margin - 1, labelled ? "┤" : "│", canvas.row(j, colour));
  }
  std::string line;
  for (std::size_t i = 0; i < columns; ++i) {
    line += i == 0 || i == columns / 2 || i + 1 == columns ? "┬" : "─";
  }
  const std::size_t half = columns / 2;
  const std::string low = brief(view.axes[0].low, 3);
  const std::string mid = brief(middle(view.axes[0]), 3);
  const std::string high = brief(view.axes[0].high, 3);
  out += fmt::format("{:>{}}└{} x0\n", "", margin, line);
  out += fmt::format("{:>{}}{:<{}}{:<{}}{:>{}}\n", "", margin + 1, low, half - mid.size() / 2, mid,
                     columns - half - high.size() + mid.size() / 2, high, high.size());
  return out;
}

}  // namespace

bool plot_wanted(const DescendRequest& request, const LandscapeInfo& info) {
  if (info.dimension != 2 || request.json) {
    return false;
  }
  const char* terminal = std::getenv("TERM");
  const bool dumb = terminal != nullptr && std::string_view(terminal) == "dumb";
  return request.plot || (::isatty(STDOUT_FILENO) == 1 && !dumb && stdout_shows_utf8());
}

std::string descend_plot(Landscape& landscape, const MinimizeResult& end) {
  if (end.path.empty()) {
    return {};
  }
  const auto [columns, rows] = canvas_size();
  BrailleCanvas canvas(columns, rows);
  View view = view_of(landscape.info(), end);
  view.dots_x = static_cast<double>(canvas.width());
  view.dots_y = static_cast<double>(canvas.height());
  draw_contours(landscape, view, canvas);
  draw_path(end, view, canvas);
  bool known = false;
  for (const Minimum& minimum : landscape.info().minima) {
    known = known || view.holds(minimum.at);
    canvas.letter('+', view.column(minimum.at[0]), view.row(minimum.at[1]));
  }
  const auto& start = end.path.front();
  const auto& last = end.outcome == Outcome::diverged ? end.path.back() : end.x;
  canvas.letter('S', view.column(start[0]), view.row(start[1]));
  canvas.letter('E', view.column(last[0]), view.row(last[1]));
  return with_axes(canvas, columns, rows, view) + fmt::format("{:>{}}S start   {}{}\n", "", margin + 1,
                                                              view.holds(last) ? "E end" : "the end lies outside",
                                                              known ? "   + known minimum" : "");
}

}  // namespace fallline::cli
