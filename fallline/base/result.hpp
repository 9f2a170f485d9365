// SPDX-License-Identifier: Apache-2.0
// Result<T>: a value or an Error that says what was wrong, where, and what to try. The names are those of std::expected, so that it
// can become an alias once every supported compiler has it.
#pragma once

#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

#include "fallline/base/expects.hpp"

namespace fallline {

/// What kind of thing went wrong; the value is the exit code of the command line.
enum class ErrorCode { internal = 1, usage = 2, diverged = 3, stalled = 4, data = 5, no_room = 6, interrupted = 130 };

/// `message` is one paragraph: what was wrong, where, what to try.
struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string message;
};

inline Error usage_error(std::string message) { return {ErrorCode::usage, std::move(message)}; }
inline Error data_error(std::string message) { return {ErrorCode::data, std::move(message)}; }
inline Error no_room_error(std::string message) { return {ErrorCode::no_room, std::move(message)}; }

template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT(google-explicit-constructor)
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(google-explicit-constructor)

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(value()); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  T& value() {
    expects(has_value(), "a Result is looked at before its value is used");
    return *std::get_if<0>(&state_);
  }
  const T& value() const {
    expects(has_value(), "a Result is looked at before its value is used");
    return *std::get_if<0>(&state_);
  }
  const Error& error() const {
    expects(!has_value(), "a Result without an error has no error()");
    return *std::get_if<1>(&state_);
  }

  /// f(value) -> Result<U> where there is a value, else the error.
  template <class F>
  auto and_then(F&& f) const -> std::invoke_result_t<F, const T&> {
    if (!has_value()) {
      return error();
    }
    return std::forward<F>(f)(**this);
  }

 private:
  std::variant<T, Error> state_;
};

/// A step that gives nothing back but may fail: `return {};` is success.
template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;

  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT(google-explicit-constructor)

  bool has_value() const { return !error_.has_value(); }
  explicit operator bool() const { return has_value(); }
  const Error& error() const {
    expects(error_.has_value(), "a Result without an error has no error()");
    return *error_;
  }

 private:
  std::optional<Error> error_;
};

}  // namespace fallline
