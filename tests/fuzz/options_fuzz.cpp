// SPDX-License-Identifier: Apache-2.0
// Any words are a request or a usage error with a sentence. The first byte chooses the verb, the rest are the words, a line each.
#include <cstdint>
#include <string>
#include <vector>

#include "cli/config.hpp"
#include "cli/descend_options.hpp"
#include "cli/options.hpp"
#include "cli/parse.hpp"
#include "fallline/base/expects.hpp"

namespace {

using namespace fallline;
using namespace fallline::cli;

Result<void> check(const Result<void>& result) {
  expects(result || !result.error().message.empty(), "a refusal says why");
  return result;
}

template <class Request>
bool takes(const std::string& verb, const std::vector<std::string>& words, const OptionList& options, Request& request) {
  const auto parsed = parse_words(verb, words, options);
  expects(parsed || parsed.error().code == ErrorCode::usage, "words that are no options are a usage error");
  if (!parsed || !check(apply_words(*parsed, options))) {
    return false;
  }
  if constexpr (requires { request.function; }) {
    request.function = parsed->plain.empty() ? "" : parsed->plain.front();
    const auto settled = settle(request);
    return check(settled ? Result<void>() : settled.error()).has_value();
  } else {
    return check(settle(request)).has_value();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) {
    return 0;
  }
  std::vector<std::string> words(1);
  for (std::size_t i = 1; i < size; ++i) {
    if (data[i] == '\n') {
      words.emplace_back();
    } else {
      words.back().push_back(static_cast<char>(data[i]));
    }
  }
  if (data[0] % 2 == 0) {
    TrainRequest request;
    const OptionList options = train_options(request);
    if (takes("train", words, options, request)) {
      expects(!config_text(options, {}).empty(), "a request can be written down");
    }
  } else {
    DescendRequest request;
    const OptionList options = descend_options(request);
    takes("descend", words, options, request);
  }
  return 0;
}
