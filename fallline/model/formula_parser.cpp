// SPDX-License-Identifier: Apache-2.0
#include "fallline/model/formula_parser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numbers>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fallline/base/numbers.hpp"
#include "fallline/base/text.hpp"
#include "fallline/model/formula_error.hpp"

namespace fallline {

namespace {

struct Function {
  std::string_view name;
  Operation operation;
};

constexpr std::array functions = {Function{"sin", Operation::sin}, Function{"cos", Operation::cos},   Function{"tan", Operation::tan},
                                  Function{"exp", Operation::exp}, Function{"log", Operation::log},   Function{"sqrt", Operation::sqrt},
                                  Function{"abs", Operation::abs}, Function{"tanh", Operation::tanh}, Function{"min", Operation::min},
                                  Function{"max", Operation::max}};

constexpr std::string_view letters = "xyzw";
constexpr std::string_view what_starts = "a number, a coordinate, a function or '('";

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<ParsedFormula> read() {
    if (text_.size() > longest_formula) {
      return usage_error(fmt::format("The formula has {} bytes; at most {} are read.", text_.size(), longest_formula));
    }
    const Place result = sum();
    if (!error_ && at_ < text_.size()) {
      fail_after_value();
    }
    if (!error_ && dimension_ == 0) {
      fail(0, "expected a coordinate (x, y, z, w or x0, x1, ...); a constant has no way down.");
    }
    if (error_) {
      return *error_;
    }
    tape_.finish(dimension_, result);
    return ParsedFormula{std::move(tape_), dimension_, style_ == Style::numbers};
  }

 private:
  using Place = Tape::Place;
  enum class Style { unknown, letters, numbers };

  // After a first fault everything returns at once; places are then 0 and no longer looked at.

  Place sum() {
    Place left = product();
    for (char sign = next(); !error_ && (sign == '+' || sign == '-'); sign = next()) {
      ++at_;
      left = apply(sign == '+' ? Operation::add : Operation::subtract, left, product());
    }
    return left;
  }

  Place product() {
    Place left = signed_power();
    for (char sign = next(); !error_ && (sign == '*' || sign == '/'); sign = next()) {
      ++at_;
      left = apply(sign == '*' ? Operation::multiply : Operation::divide, left, signed_power());
    }
    return left;
  }

  Place signed_power() {
    bool negative = false;
    for (char sign = next(); sign == '+' || sign == '-'; sign = next()) {
      negative = negative != (sign == '-');
      ++at_;
    }
    if (depth_ == deepest_formula) {
      return fail(at_, fmt::format("the formula is nested more than {} deep here.", deepest_formula));
    }
    ++depth_;
    const Place value = power();
    --depth_;
    return negative ? apply(Operation::negate, value, value) : value;
  }

  Place power() {
    const Place base = primary();
    if (error_ || next() != '^') {
      return base;
    }
    ++at_;
    return apply(Operation::power, base, signed_power());
  }

  Place primary() {
    const char c = next();
    if (c == '(') {
      const std::size_t opened = at_++;
      const Place value = sum();
      close(opened);
      return value;
    }
    if (is_digit(c) || c == '.') {
      return number();
    }
    if (is_letter(c)) {
      return named();
    }
    return fail(at_, fmt::format("expected {}, {}.{}", what_starts, found(), hint()));
  }

  Place number() {
    const std::size_t first = at_;
    skip_digits();
    if (peek(0) == '.') {
      ++at_;
      skip_digits();
    }
    const std::size_t sign = peek(1) == '+' || peek(1) == '-' ? 1 : 0;
    if ((peek(0) == 'e' || peek(0) == 'E') && is_digit(peek(1 + sign))) {
      at_ += 1 + sign;
      skip_digits();
    }
    const std::string_view digits = text_.substr(first, at_ - first);
    if (digits.size() > longest_number) {
      return fail(first, fmt::format("the number has {} characters; at most {} are read.", digits.size(), longest_number));
    }
    if (digits == ".") {
      return fail(first, "expected a digit beside the point.");
    }
    const std::optional<double> value = parse_double(digits);
    const bool is_zero = digits.substr(0, digits.find_first_of("eE")).find_first_of("123456789") == std::string_view::npos;
    if (is_zero) {
      return tape_.constant(0);
    }
    if (!value || *value == 0) {
      return fail(first, "the number is larger or smaller than a double can hold.");
    }
    return tape_.constant(*value);
  }

  Place named() {
    const std::size_t first = at_;
    while (is_letter(peek(0)) || is_digit(peek(0))) {
      ++at_;
    }
    const std::string_view name = text_.substr(first, at_ - first);
    const auto function = std::ranges::find(functions, name, &Function::name);
    if (function != functions.end()) {
      return call(*function);
    }
    if (name == "pi" || name == "e") {
      return tape_.constant(name == "pi" ? std::numbers::pi : std::numbers::e);
    }
    if (name.size() == 1 && letters.find(name[0]) != std::string_view::npos) {
      return coordinate(first, letters.find(name[0]), Style::letters);
    }
    if (name.size() > 1 && name[0] == 'x' && std::ranges::all_of(name.substr(1), is_digit)) {
      return numbered(first, name.substr(1));
    }
    return unknown(first, name);
  }

  Place numbered(std::size_t first, std::string_view digits) {
    if (digits.size() > 1 && digits[0] == '0') {
      return fail(first, "coordinates are written without leading zeros: x0, x1, x10.");
    }
    const std::optional<std::int64_t> index = digits.size() > 9 ? std::nullopt : parse_int(digits);
    if (!index || *index > static_cast<std::int64_t>(highest_coordinate)) {
      return fail(first, fmt::format("the highest coordinate is x{}.", highest_coordinate));
    }
    return coordinate(first, static_cast<std::size_t>(*index), Style::numbers);
  }

  Place coordinate(std::size_t first, std::size_t index, Style style) {
    if (style_ != Style::unknown && style_ != style) {
      return fail(first, "a formula uses either x, y, z, w or x0, x1, ..., not both.");
    }
    style_ = style;
    dimension_ = std::max(dimension_, index + 1);
    return tape_.variable(index);
  }

  Place call(const Function& function) {
    const bool takes_many = function.operation == Operation::min || function.operation == Operation::max;
    if (next() != '(') {
      return fail(at_, fmt::format("expected '(' after {}, {}.", function.name, found()));
    }
    const std::size_t opened = at_++;
    Place value = sum();
    std::size_t arguments = 1;
    for (; !error_ && next() == ','; ++arguments) {
      if (!takes_many) {
        return fail(at_, fmt::format("expected ')', for {} takes one argument.", function.name));
      }
      ++at_;
      value = apply(function.operation, value, sum());
    }
    if (takes_many && !error_ && arguments == 1 && next() == ')') {
      return fail(at_, fmt::format("expected ',', for {} takes two or more arguments.", function.name));
    }
    close(opened);
    return takes_many ? value : apply(function.operation, value, value);
  }

  void close(std::size_t opened) {
    if (error_) {
      return;
    }
    if (next() == ')') {
      ++at_;
      return;
    }
    fail(at_, fmt::format("expected an operator or ')' for the '(' at {}, {}.{}", opened + 1, found(), hint()));
  }

  Place apply(Operation operation, Place first, Place second) { return error_ ? 0 : tape_.apply(operation, first, second); }

  Place unknown(std::size_t first, std::string_view name) {
    std::vector<std::string> known = {"pi", "e", "x", "y", "z", "w"};
    for (const Function& function : functions) {
      known.emplace_back(function.name);
    }
    const std::string advice = name == "ln"    ? " Did you mean 'log'?"
                               : name == "pow" ? " Write a^b for a power."
                                               : did_you_mean(name, known);
    return fail(first, fmt::format("expected a coordinate, function or constant, found the unknown name {}.{}", quoted(name, 30), advice));
  }

  void fail_after_value() {
    if (next() == ')') {
      fail(at_, "expected an operator or the end, found ')' without its '('.");
    } else {
      fail(at_, fmt::format("expected an operator or the end, {}.{}", found(), hint()));
    }
  }

  /// What stands here, for "expected A, found B".
  std::string found() {
    const char c = next();
    if (at_ == text_.size()) {
      return "found the end";
    }
    return c > ' ' && c <= '~' ? fmt::format("found '{}'", c) : std::string("found a character that is not of the formula's alphabet");
  }

  /// What is meant most often by what stands here.
  std::string hint() const {
    const char c = peek(0);
    const char before = at_ > 0 ? text_[at_ - 1] : ' ';
    if (c == '*' && before == '*') {
      return " Write ^ for a power.";
    }
    if (is_letter(c) || is_digit(c) || c == '(') {
      return " A product is written with *, as in 2*x.";
    }
    if (static_cast<unsigned char>(c) >= 0x80) {
      return " Write - for minus, * for times, ^2 for a square and pi for the number, in plain ASCII.";
    }
    return "";
  }

  /// The next character that is no blank; a NUL stands for the end too, and the callers that care compare at_ with the length.
  char next() {
    while (at_ < text_.size() && is_blank(text_[at_])) {
      ++at_;
    }
    return peek(0);
  }
  char peek(std::size_t ahead) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  void skip_digits() {
    while (is_digit(peek(0))) {
      ++at_;
    }
  }

  Place fail(std::size_t at, std::string_view what) {
    if (!error_) {
      error_ = formula_error(text_, at, what);
    }
    return 0;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  std::size_t dimension_ = 0;
  Style style_ = Style::unknown;
  Tape tape_;
  std::optional<Error> error_;
};

}  // namespace

Result<ParsedFormula> read_formula(std::string_view text) { return Parser(text).read(); }

}  // namespace fallline
