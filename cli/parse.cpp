// SPDX-License-Identifier: Apache-2.0
// The one file that includes CLI11. Only tokens are its business here: values, messages and help come from the option table.
#include "cli/parse.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <utility>

#include "fallline/base/text.hpp"

namespace fallline::cli {

namespace {

/// The option a word names: "--target" or "--target=x"; null where it names none.
const Option* named_by(const std::string& word, const OptionList& known) {
  return word.starts_with("--") ? known.find(word.substr(2, word.find('=') - 2)) : nullptr;
}

Error no_value(const Option& option) {
  return usage_error(fmt::format("--{} needs a value: --{} {}.", option.name, option.name, option.value));
}

/// "--name=value" becomes two words, so that an empty value stays a value; what comes behind "--" is set aside.
Result<std::vector<std::string>> split_words(const std::vector<std::string>& arguments, const OptionList& known,
                                             std::vector<std::string>& behind) {
  std::vector<std::string> words;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& word = arguments[i];
    if (word == "--") {
      behind.assign(arguments.begin() + static_cast<std::ptrdiff_t>(i) + 1, arguments.end());
      return words;
    }
    const Option* option = named_by(word, known);
    const auto equals = word.find('=');
    if (option == nullptr) {
      words.push_back(word);
    } else if (option->kind == ValueKind::flag) {
      if (equals != std::string::npos) {
        return usage_error(fmt::format("--{} takes no value.", option->name));
      }
      words.push_back(word);
    } else if (equals != std::string::npos) {
      words.insert(words.end(), {word.substr(0, equals), word.substr(equals + 1)});
    } else if (i + 1 == arguments.size() || named_by(arguments[i + 1], known) != nullptr) {
      return no_value(*option);
    } else {
      words.insert(words.end(), {word, arguments[++i]});
    }
  }
  return words;
}

/// Without --help among the options there is nothing to know but them.
Error unknown_option(const std::string& verb, const std::string& word, const OptionList& known) {
  const std::string name = word.substr(0, word.find('='));
  std::vector<std::string> names = known.dashed_names();
  names.emplace_back("--help");
  return usage_error(fmt::format("{} is not an option of {}.{} fallline {} --help lists them.", fallline::quoted(name), verb,
                                 did_you_mean(name, names), verb));
}

}  // namespace

std::vector<std::string> texts_of(const Option& option, const std::string& text) {
  if (option.kind != ValueKind::list) {
    return {text};
  }
  std::vector<std::string> texts;
  for (const std::string_view part : split(text, ',')) {
    texts.emplace_back(trim(part));
  }
  return texts;
}

Result<Words> parse_words(const std::string& verb, const std::vector<std::string>& arguments, const OptionList& known) {
  std::vector<std::string> behind;
  Result<std::vector<std::string>> words = split_words(arguments, known, behind);
  if (!words) {
    return words.error();
  }
  Words out;
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  app.add_flag("-h,--help", out.help);
  for (const Option& option : known.all()) {
    if (option.kind == ValueKind::flag) {
      app.add_flag_callback("--" + option.name, [&out, &option] { out.options[option.name] = {"true"}; });
      continue;
    }
    const auto take = [&out, &option](const std::vector<std::string>& given) {
      for (const std::string& text : given) {
        const std::vector<std::string> texts = texts_of(option, text);
        std::vector<std::string>& all = out.options[option.name];
        all.insert(all.end(), texts.begin(), texts.end());
      }
    };
    app.add_option_function<std::vector<std::string>>("--" + option.name, take)
        ->expected(1)
        ->allow_extra_args(false)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  }
  std::reverse(words->begin(), words->end());  // CLI11 takes its words from the end
  try {
    app.parse(*words);
  } catch (const CLI::ParseError& fault) {
    return usage_error(fault.what());
  }
  for (const std::string& word : app.remaining()) {
    if (word.size() > 1 && word.front() == '-') {
      return unknown_option(verb, word, known);
    }
    out.plain.push_back(word);
  }
  out.plain.insert(out.plain.end(), behind.begin(), behind.end());
  return out;
}

Result<void> apply_words(const Words& words, const OptionList& options) {
  for (const auto& [name, texts] : words.options) {
    if (Result<void> set = options.find(name)->set(texts); !set) {
      return set;
    }
  }
  return {};
}

}  // namespace fallline::cli
