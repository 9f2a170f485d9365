// SPDX-License-Identifier: Apache-2.0
// bench_libsvm FILE: bytes of LIBSVM text that one thread reads a second, by itself (parse_lines) and as a source that is scanned.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <limits>
#include <string>

#include "fallline/data/csv/file_text.hpp"
#include "fallline/data/libsvm/lines.hpp"
#include "fallline/data/libsvm/source.hpp"

namespace {

constexpr int times = 9;

/// Seconds of the fastest of several calls.
template <class Work>
double fastest(Work work) {
  double best = std::numeric_limits<double>::infinity();
  for (int i = 0; i < times; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  }
  return best;
}

std::size_t entries_of(std::string_view text) {
  std::size_t entries = 0;
  for (std::size_t first = 0; first < text.size();) {
    const std::size_t feed = text.find('\n', std::min(first + fallline::libsvm::default_range_bytes, text.size()));
    const std::size_t last = feed == std::string_view::npos ? text.size() : feed + 1;
    entries += fallline::libsvm::parse_lines(text.substr(first, last - first), text.data() + text.size(), false).matrix.columns.size();
    first = last;
  }
  return entries;
}

}  // namespace

int main(int count, char** arguments) {
  auto files = fallline::csv::open_all({count == 2 ? arguments[1] : ""});
  if (!files) {
    std::fputs("bench_libsvm FILE\n", stderr);
    return 2;
  }
  const std::string_view text = files->front().bytes();
  std::size_t entries = 0;
  const double parse = fastest([&] { entries = entries_of(text); });
  const double scan = fastest([&] {
    fallline::ThreadPool pool(1);
    const auto source = std::move(*fallline::open_libsvm({arguments[1]}, {}));
    if (!source->scan(pool, {})) {
      std::abort();
    }
  });
  const double megabytes = static_cast<double>(text.size()) / 1e6;
  fmt::print("{:.1f} MB, {} entries: parse {:.0f} MB/s, scan {:.0f} MB/s, one thread\n", megabytes, entries, megabytes / parse,
             megabytes / scan);
}
