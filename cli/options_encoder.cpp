// SPDX-License-Identifier: Apache-2.0
// Options of how columns become features and what classes count: --categories, --text, --cross, --class-weight.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "cli/options_special.hpp"
#include "fallline/base/numbers.hpp"
#include "fallline/base/text.hpp"

namespace fallline::cli {

namespace {

using Texts = std::vector<std::string>;

constexpr std::uint32_t default_text_bits = 18;

std::optional<std::uint32_t> bits_of(std::string_view text) {
  const auto bits = parse_int(text);
  return bits && *bits >= 1 && *bits <= most_hash_bits ? std::optional(static_cast<std::uint32_t>(*bits)) : std::nullopt;
}

/// "onehot": 0; "hash:12": 12.
std::optional<std::uint32_t> way_of(std::string_view text) {
  if (text == "onehot") {
    return 0;
  }
  return text.starts_with("hash:") ? bits_of(text.substr(5)) : std::nullopt;
}

std::string way_text(std::uint32_t bits) { return bits == 0 ? "onehot" : fmt::format("hash:{}", bits); }

Result<void> read_category(const std::string& text, EncoderOptions& to) {
  const auto at = text.rfind('=');
  const bool of_column = at != std::string::npos && at > 0;
  const auto bits = way_of(of_column ? std::string_view(text).substr(at + 1) : std::string_view(text));
  if (!bits) {
    return bad_value("categories", fmt::format("onehot, hash:BITS with BITS from 1 to {}, or COLUMN=one of these", most_hash_bits), text);
  }
  if (!of_column) {
    to.hash_bits = *bits;
    return {};
  }
  to.hashed[text.substr(0, at)].bits = *bits;
  return {};
}

/// "review:bits=16,weights=tfidf"; the options of a column begin after the last colon that bits= or weights= follows.
Result<void> read_text_column(const std::string& text, EncoderOptions& to) {
  const auto at = std::min(text.rfind(":bits="), text.rfind(":weights="));
  HashCoding coding;
  coding.bits = default_text_bits;
  coding.words = true;
  const auto refused = [&] {
    return bad_value("text", fmt::format("COLUMN or COLUMN:bits=B,weights=binary|tfidf with B from 1 to {}", most_hash_bits), text);
  };
  if (text.empty() || at == 0) {
    return refused();
  }
  for (const std::string_view part : split(at == std::string::npos ? std::string_view() : std::string_view(text).substr(at + 1), ',')) {
    if (part.starts_with("bits=") && bits_of(part.substr(5))) {
      coding.bits = *bits_of(part.substr(5));
    } else if (part == "weights=binary" || part == "weights=tfidf") {
      coding.tfidf = part == "weights=tfidf";
    } else {
      return refused();
    }
  }
  to.hashed[text.substr(0, at)] = coding;
  return {};
}

/// The options of a column that a comma parted from it are put back.
Texts rejoined(const Texts& given) {
  Texts whole;
  for (const std::string& text : given) {
    const bool more = text.starts_with("bits=") || text.starts_with("weights=");
    if (more && !whole.empty()) {
      whole.back() += (whole.back().find(":bits=") == std::string::npos && whole.back().find(":weights=") == std::string::npos ? ":" : ",");
      whole.back() += text;
    } else {
      whole.push_back(text);
    }
  }
  return whole;
}

std::optional<Texts> some(Texts texts) { return texts.empty() ? std::nullopt : std::optional(std::move(texts)); }

std::optional<Texts> categories_as_text(const EncoderOptions& options) {
  Texts texts = {way_text(options.hash_bits)};
  for (const auto& [name, coding] : options.hashed) {
    if (!coding.words) {
      texts.push_back(name + "=" + way_text(coding.bits));
    }
  }
  return texts;
}

std::optional<Texts> text_columns_as_text(const EncoderOptions& options) {
  Texts texts;
  for (const auto& [name, coding] : options.hashed) {
    if (coding.words) {
      texts.push_back(fmt::format("{}:bits={},weights={}", name, coding.bits, coding.tfidf ? "tfidf" : "binary"));
    }
  }
  return some(std::move(texts));
}

void add_categories(OptionList& list, EncoderOptions& to) {
  list.add({"categories", "onehot|hash:BITS", "",
            "text columns as one feature a level, or hashed into 2^BITS; COL=hash:BITS for one column", ValueKind::list,
            [&to](const Texts& given) -> Result<void> {
              for (const std::string& text : given) {
                if (auto read = read_category(text, to); !read) {
                  return read;
                }
              }
              return {};
            },
            [&to] { return categories_as_text(to); }});
}

void add_text_columns(OptionList& list, EncoderOptions& to) {
  list.add({"text", "COL[:bits=B,weights=W]", "",
            "columns of free text: words and pairs of words hashed into 2^18 features; weights binary or tfidf", ValueKind::list,
            [&to](const Texts& given) -> Result<void> {
              for (const std::string& text : rejoined(given)) {
                if (auto read = read_text_column(text, to); !read) {
                  return read;
                }
              }
              return {};
            },
            [&to] { return text_columns_as_text(to); }});
}

void add_crosses(OptionList& list, EncoderOptions& to) {
  list.add({"cross", "A*B,...", "", "products of the features of two columns, beside the columns themselves", ValueKind::list,
            [&to](const Texts& given) -> Result<void> {
              to.crosses.clear();
              for (const std::string& text : given) {
                const auto at = text.find('*');
                if (at == 0 || at == std::string::npos || at + 1 == text.size() || text.find('*', at + 1) != std::string::npos) {
                  return bad_value("cross", "two column names with a * between them", text);
                }
                to.crosses.emplace_back(text.substr(0, at), text.substr(at + 1));
              }
              return {};
            },
            [&to] {
              Texts texts;
              for (const auto& [left, right] : to.crosses) {
                texts.push_back(left + "*" + right);
              }
              return some(std::move(texts));
            }});
}

Result<void> read_class_weight(const std::string& text, ClassWeights& to) {
  if (text == "balanced") {
    to.balanced = true;
    return {};
  }
  const auto at = text.rfind('=');
  const auto weight = at == std::string::npos ? std::nullopt : parse_double(std::string_view(text).substr(at + 1));
  if (at == 0 || !weight || !(*weight > 0)) {
    return bad_value("class-weight", "balanced, or CLASS=W with W a number above 0", text);
  }
  to.by_name[text.substr(0, at)] = *weight;
  return {};
}

}  // namespace

void add_class_weight(OptionList& list, ClassWeights& to) {
  list.add({"class-weight", "balanced|CLASS=W,...", "", "weights of classes: balanced gives all the same total, others weigh 1",
            ValueKind::list,
            [&to](const Texts& given) -> Result<void> {
              for (const std::string& text : given) {
                if (auto read = read_class_weight(text, to); !read) {
                  return read;
                }
              }
              return to.balanced && !to.by_name.empty() ? bad_value("class-weight", "either balanced or weights by class", join(given, ","))
                                                        : Result<void>();
            },
            [&to]() -> std::optional<Texts> {
              Texts texts;
              for (const auto& [name, weight] : to.by_name) {
                texts.push_back(fmt::format("{}={}", name, shortest(weight)));
              }
              return to.balanced ? std::optional(Texts{"balanced"}) : some(std::move(texts));
            }});
}

void add_encoder(OptionList& list, EncoderOptions& to) {
  list.on_off("standardize", "bring number columns to mean 0 and spread 1 inside the model", to.standardize);
  list.choice(
      "impute", "mean|median", "what stands for a missing number, beside an indicator",
      [&to](std::size_t at) { to.impute = static_cast<Impute>(at); }, [&to] { return static_cast<std::size_t>(to.impute); });
  add_categories(list, to);
  list.number("rare", "N", FieldKind::integer, Range{1, 1e9},
              "levels of a text column seen in fewer rows share one feature; without it a hundredth of the rows, from 2 to 10",
              to.rare_below);
  add_text_columns(list, to);
  add_crosses(list, to);
  list.text("positive", "CLASS", "of two classes the one that probabilities and coefficients speak of; without it the later one",
            to.positive);
}

}  // namespace fallline::cli
