// SPDX-License-Identifier: Apache-2.0
// generate --rows N [...]: writes tables of any size to stdout, the same bytes for the same options. Every cell is a function of (seed,
// row, column), so no memory is needed, and the classes come from a known linear model, so that what is learnt can be checked.
//
// csv: numbers n0, n1, ... in units and sizes of their own, texts t0, t1, ... of `levels` words each, and the target y. A row's score is
// the sum of w_j z_j over its numbers, z_j being n_j standardised, and of an effect for each word; y is 1 with probability 1 / (1 +
// e^-score), or with --task regression the score with noise of a tenth of its spread. --sorted puts all rows of class 0 first.
// libsvm: y and about `nonzeros` entries a row of positive values whose squares sum to 1, as tf-idf gives them; feature j is drawn the more
// often the smaller j is. Of 80,000 rows, 47,000 features and 66 non-zeros it has the shape of RCV1.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "fallline/base/numbers.hpp"
#include "fallline/base/random.hpp"

namespace {

constexpr const char* usage =
    "generate [--format csv|libsvm] [--rows N] [--seed S] > FILE\n"
    "  csv:    [--numbers N] [--texts N] [--levels N] [--task classification|regression] [--sorted 0|1]\n"
    "  libsvm: [--features N] [--nonzeros N]\n";

struct Options {
  std::map<std::string, std::int64_t> counts{{"rows", 1000}, {"seed", 0},   {"numbers", 12},     {"texts", 2},
                                             {"levels", 8},  {"sorted", 0}, {"features", 47000}, {"nonzeros", 66}};
  bool libsvm = false;
  bool regression = false;

  std::uint64_t of(const char* name) const { return static_cast<std::uint64_t>(counts.at(name)); }
};

/// Text on its way to stdout. A full disk or a closed pipe ends the program.
class Out {
 public:
  ~Out() { flush(); }
  std::string text;

  void end_row() {
    text += '\n';
    if (text.size() > (std::size_t{1} << 20U)) {
      flush();
    }
  }

 private:
  void flush() {
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0) {
      std::perror("generate: cannot write");
      std::_Exit(6);
    }
    text.clear();
  }
};

/// The random words of a row, four at a time.
class Words {
 public:
  Words(std::uint64_t seed, std::uint64_t row)
      : key_{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32U)},
        counter_{static_cast<std::uint32_t>(row), static_cast<std::uint32_t>(row >> 32U), 0,
                 static_cast<std::uint32_t>(fallline::Purpose::test)} {}

  std::uint32_t next() {
    if (at_ == 4) {
      words_ = fallline::philox(counter_, key_);
      ++counter_[2];
      at_ = 0;
    }
    return words_[at_++];
  }
  double uniform() { return (next() + 0.5) * 0x1p-32; }

 private:
  std::array<std::uint32_t, 2> key_;
  std::array<std::uint32_t, 4> counter_;
  std::array<std::uint32_t, 4> words_{};
  std::size_t at_ = 4;
};

/// The weights of the true model and whatever else belongs to a column.
double of_column(std::uint64_t seed, std::uint64_t column, std::uint32_t what) {
  return fallline::Random(seed, fallline::Purpose::test, ~what).normal(column);
}

/// Four decimals, without a library in the inner loop.
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

class Table {
 public:
  explicit Table(const Options& options) : options_(options), seed_(options.of("seed")) {
    const std::uint64_t numbers = options.of("numbers");
    for (std::uint64_t j = 0; j < numbers; ++j) {
      weights_.push_back(2 * of_column(seed_, j, 0) / std::sqrt(static_cast<double>(std::max<std::uint64_t>(1, numbers))));
      spreads_.push_back(std::pow(10, std::abs(of_column(seed_, j, 1))));
      centers_.push_back(spreads_.back() * 2 * of_column(seed_, j, 2));
    }
    for (std::uint64_t j = 0; j < options.of("texts") * options.of("levels"); ++j) {
      effects_.push_back(of_column(seed_, j, 3) / 2);
    }
  }

  void write(Out& out) const {
    for (std::size_t j = 0; j < weights_.size(); ++j) {
      out.text += fmt::format("n{},", j);
    }
    for (std::uint64_t j = 0; j < options_.of("texts"); ++j) {
      out.text += fmt::format("t{},", j);
    }
    out.text += 'y';
    out.end_row();
    const bool sorted = options_.of("sorted") != 0;
    for (int label = 0; label <= (sorted ? 1 : 0); ++label) {
      for (std::uint64_t row = 0; row < options_.of("rows"); ++row) {
        write_row(row, sorted ? label : -1, out);
      }
    }
  }

 private:
  /// only: the class that is written, -1 for both.
  void write_row(std::uint64_t row, int only, Out& out) const {
    Words words(seed_, row);
    const std::size_t start = out.text.size();
    double score = 0;
    for (std::size_t j = 0; j < weights_.size(); ++j) {
      // A triangle over (-1, 1) has the variance 1/6.
      const std::uint32_t word = words.next();
      const double z = (static_cast<double>(word & 0xFFFFU) + static_cast<double>(word >> 16U) - 65535) * (std::sqrt(6) / 65536);
      score += weights_[j] * z;
      put_fixed(out.text, std::llround(1e4 * (centers_[j] + spreads_[j] * z)));
      out.text += ',';
    }
    const std::uint64_t levels = options_.of("levels");
    for (std::uint64_t j = 0; j < options_.of("texts"); ++j) {
      const double u = words.uniform();
      const auto level = static_cast<std::uint64_t>(u * u * static_cast<double>(levels));  // the first words are the frequent ones
      score += effects_[j * levels + level];
      out.text += "word";
      out.text += std::to_string(level);
      out.text += ',';
    }
    if (options_.regression) {
      const double noise = std::sqrt(-2 * std::log(words.uniform())) * std::cos(6.283185307179586 * words.uniform());
      put_fixed(out.text, std::llround(1e4 * (score + 0.2 * noise)));
    } else {
      const int label = words.uniform() * (1 + std::exp(-score)) < 1 ? 1 : 0;
      if (only >= 0 && label != only) {
        out.text.resize(start);
        return;
      }
      out.text += static_cast<char>('0' + label);
    }
    out.end_row();
  }

  const Options& options_;
  std::uint64_t seed_;
  std::vector<double> weights_;
  std::vector<double> centers_;
  std::vector<double> spreads_;
  std::vector<double> effects_;
};

void write_sparse(const Options& options, Out& out) {
  const std::uint64_t seed = options.of("seed");
  const std::uint64_t features = options.of("features");
  std::vector<double> weights;
  for (std::uint64_t j = 0; j < features; ++j) {
    weights.push_back(4 * of_column(seed, j, 0));
  }
  std::vector<std::uint32_t> chosen;
  std::vector<double> values;
  for (std::uint64_t row = 0; row < options.of("rows"); ++row) {
    Words words(seed, row);
    chosen.clear();
    const auto wanted = static_cast<std::uint64_t>(static_cast<double>(options.of("nonzeros")) * (0.5 + words.uniform()));
    for (std::uint64_t k = 0; k < wanted; ++k) {
      const double u = words.uniform();
      chosen.push_back(static_cast<std::uint32_t>(u * u * u * static_cast<double>(features)));
    }
    std::sort(chosen.begin(), chosen.end());
    chosen.erase(std::unique(chosen.begin(), chosen.end()), chosen.end());
    double square = 0;
    values.clear();
    for (std::size_t k = 0; k < chosen.size(); ++k) {
      values.push_back(0.1 + words.uniform());
      square += values.back() * values.back();
    }
    double score = 0;
    for (std::size_t k = 0; k < chosen.size(); ++k) {
      values[k] /= std::sqrt(square);
      score += weights[chosen[k]] * values[k];
    }
    out.text += words.uniform() * (1 + std::exp(-score)) < 1 ? "1" : "-1";
    for (std::size_t k = 0; k < chosen.size(); ++k) {
      fmt::format_to(std::back_inserter(out.text), " {}:", chosen[k] + 1);
      put_fixed(out.text, std::max<std::int64_t>(1, std::llround(1e4 * values[k])));
    }
    out.end_row();
  }
}

bool read(int count, char** words, Options& options) {
  for (int i = 1; i + 1 < count; i += 2) {
    const std::string_view name = words[i];
    const std::string value = words[i + 1];
    const auto number = fallline::parse_int(value);
    const auto known = options.counts.find(std::string(name.substr(std::min<std::size_t>(2, name.size()))));
    if (name == "--format" && (value == "csv" || value == "libsvm")) {
      options.libsvm = value == "libsvm";
    } else if (name == "--task" && (value == "classification" || value == "regression")) {
      options.regression = value == "regression";
    } else if (name.starts_with("--") && known != options.counts.end() && number && *number >= 0) {
      known->second = *number;
    } else {
      return false;
    }
  }
  return count % 2 == 1 && options.of("levels") > 0 && options.of("features") > 0 && options.of("features") < (1U << 28U) &&
         !(options.regression && options.of("sorted") != 0);
}

}  // namespace

int main(int count, char** words) {
  Options options;
  if (!read(count, words, options)) {
    std::fputs(usage, stderr);
    return 2;
  }
  Out out;
  if (options.libsvm) {
    write_sparse(options, out);
  } else {
    Table(options).write(out);
  }
  return 0;
}
