// SPDX-License-Identifier: Apache-2.0
// The encoder turns raw columns into features: numbers standardised, missing ones imputed with an indicator, text one-hot or hashed, and
// products of columns. It is fitted on the training rows, saved in the model, and the same at prediction.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "fallline/base/memory.hpp"
#include "fallline/base/result.hpp"
#include "fallline/base/split.hpp"
#include "fallline/base/stop.hpp"
#include "fallline/data/dataset.hpp"
#include "fallline/data/source.hpp"
#include "fallline/data/table.hpp"

namespace fallline {

enum class Impute { mean, median };

/// A text as 2^bits features: the whole cell as one of them, or its words and pairs of neighbouring words (encode/words.hpp). Which feature
/// a text takes is told in encode/hash.hpp. Last stands `missing`, where missing cells occurred in training.
struct HashCoding {
  std::uint32_t bits = 0;               // 0: not hashed
  bool words = false;                   // else the cell as a whole
  bool tfidf = false;                   // words: count x idf, each row brought to length 1; else 1 for each that occurs
  std::uint64_t documents = 0;          // for idf: how many training rows have a text,
  std::vector<std::uint32_t> buckets;   // the features that occur in them, ascending,
  std::vector<std::uint64_t> occurred;  // and in how many of these rows
};

inline constexpr std::uint32_t most_hash_bits = 28;

struct EncoderOptions {
  std::string target = {};                 // name or @k, of several numbers with commas between; empty: no target (prediction)
  std::string weight = {};                 // name or @k; empty: every row weighs 1
  std::vector<std::string> features = {};  // empty: all others
  std::vector<std::string> ignore = {};
  std::vector<std::string> keep = {};                             // never left out for looking like names of rows
  std::uint32_t hash_bits = 0;                                    // above 0: every text column is hashed
  std::map<std::string, HashCoding> hashed = {};                  // by column: its own way, bits 0 for one feature a level
  std::vector<std::pair<std::string, std::string>> crosses = {};  // products of the features of two columns
  std::string positive = {};                                      // of two classes the one that stands second
  bool standardize = true;
  Impute impute = Impute::mean;
  bool double_precision = false;               // every number enters as double, as if its column were wide
  Split split = {};                            // rows that are held out count for nothing but the names of classes
  std::optional<std::size_t> rare_below = {};  // levels seen less often share `other`; nothing: by the number of rows
  std::size_t most_levels = 1000;              // a text column with more is an error, unless it is hashed
};

/// feature = (x - center) * scale, computed in double from x as float (or as double where `wide`), x = impute where missing.
struct NumberCoding {
  double center = 0;
  double scale = 1;
  double impute = 0;
  bool indicator = false;  // a second feature, 1 where the number was missing in the row (missing values occurred in training)
  bool wide = false;       // float would lose what tells the rows apart: |x| is huge beside the spread
  bool constant = false;   // one value in training: no feature at all
};

/// One feature a level in this order, then `other` (where rare levels occurred in training), then `missing` (where missing cells did).
/// An unseen level is `other`; where the feature does not exist the cell adds nothing.
struct TextCoding {
  std::vector<std::string> levels;  // sorted by bytes
  bool other = false;
  bool missing = false;
};

/// What the training rows held, for a person.
struct ColumnSeen {
  std::uint64_t missing = 0;   // rows
  std::uint64_t distinct = 0;  // texts
  double low = 0;              // numbers
  double high = 0;
};

struct EncodedColumn {
  std::string name;
  ColumnType type = ColumnType::number;
  NumberCoding number;
  TextCoding text;        // of a hashed column only `missing` counts
  HashCoding hash;        // of text columns, bits 0 where they are one-hot
  std::size_t first = 0;  // its features are [first, first + features)
  std::size_t features = 0;
  std::string unit = {};      // of a time column
  std::string left_out = {};  // why it has no features: "holds only 'x'"
  ColumnSeen seen = {};
};

/// Products of the features of two columns that are not hashed: feature i x right.features + j is left's i-th times right's j-th.
struct Cross {
  std::size_t left = 0;  // of Encoder::columns
  std::size_t right = 0;
  std::size_t first = 0;
  std::size_t features = 0;
};

/// Numbered features, each x * scale in double, x as float (or as double where `wide`): never centred, so that zeros stay zeros. Where a
/// file numbers more than widest_matrix of them, those that occur in training are the features; entries of others count for nothing.
struct MatrixCoding {
  std::size_t width = 0;
  std::uint32_t first_number = 1;        // how the file numbers the first one: 0 or 1
  std::vector<double> scale = {};        // one a feature; empty: all 1
  bool wide = false;                     // some feature has no place in the range of float
  std::size_t filled = 0;                // entries of a training row, on average, rounded up
  std::size_t first = 0;                 // its features are [first, first + width)
  std::vector<std::uint32_t> kept = {};  // which of the numbered ones, counted from 0, are the features; empty: all
  std::size_t out_of = 0;                // where some are kept: how many are numbered

  /// How many features the file numbers.
  std::size_t numbered() const { return kept.empty() ? width : out_of; }
  /// How the file numbers the j-th feature.
  std::size_t number_of(std::size_t j) const { return (kept.empty() ? j : kept[j]) + first_number; }
  /// Which feature the file numbers so; width where it is none.
  std::size_t feature_of(std::size_t number) const;
};

/// The widest matrix of which all features are kept, whether they occur or not.
inline constexpr std::size_t widest_matrix = std::size_t{1} << 24U;
/// How many features a file may number.
inline constexpr std::size_t most_numbered = (std::size_t{1} << 28U) + 1;

struct Encoder {
  std::vector<EncodedColumn> columns;  // input columns in the order of the training file, target and weight left out
  std::optional<MatrixCoding> matrix;  // its features come after those of the columns
  std::vector<std::string> missing;    // the texts that mean a missing cell
  std::vector<Cross> crosses;          // their features stand after those of all columns
  std::size_t features = 0;            // encoded width
  bool matrix_input = false;           // the columns are positions in a matrix (npy, IDX): a runtime is fed the matrix

  /// "age", "age missing", "workclass=Private", "workclass other", "review #77", "age x sex=Male", of a matrix "17".
  std::string feature_name(std::size_t feature) const;
  /// One name a feature, where they are not too many to be told apart by names: a few thousand, say.
  std::vector<std::string> feature_names() const;
};

/// A column of numbers that is predicted: its mean and spread over the training rows, and the unit of a time.
struct TargetColumn {
  std::string name;
  double center = 0;
  double spread = 1;
  std::string unit = {};
};

/// What the target column holds. Classes are sorted, numbers by value, text by bytes, but that of two the positive one stands second where
/// the user names it.
struct TargetCoding {
  std::string name;
  bool classification = false;
  bool numeric = true;               // the classes (or values) are numbers in the file
  std::vector<std::string> classes;  // as the file writes them (numbers in shortest form)
  double center = 0;                 // regression: the mean and spread of the target over the training rows
  double spread = 1;
  std::string unit = {};                // of a target that is a time
  std::vector<TargetColumn> more = {};  // regression: those that are predicted beside it, in the order named

  std::size_t count() const { return 1 + more.size(); }
  TargetColumn column(std::size_t k) const { return k == 0 ? TargetColumn{name, center, spread, unit} : more[k - 1]; }
  std::vector<std::string> names() const;
  bool has(const std::string& column) const;
};

enum class Task { automatic, regression, classification };

/// The result of fitting: how columns are encoded, and what was noticed.
struct FittedEncoder {
  Encoder encoder;
  TargetCoding target;
  std::vector<std::string> notes;     // "target has 2 distinct values, <=50K and >50K: classification"
  std::vector<std::string> warnings;  // constant columns left out, imbalance, ...
};

/// Fits on all rows of the source (scanned before). Task::automatic: text and two-valued targets are classes; whole numbers with few
/// distinct values are classes, told in notes; other numbers are regression.
Result<FittedEncoder> fit_encoder(Source& source, const Schema& schema, const EncoderOptions& options, Task task, ThreadPool& pool);

/// Where encoded rows may go. memory: the ceiling, which must outlive the data; null: none. Rows that do not fit go to a file in its
/// folder; again: or nowhere, to be encoded once more for each reading, from this source, which is the one they are encoded from.
/// on_store: told how many bytes do not fit, before anything is done about it. part: the rows are some of many, so that all of them may
/// weigh 0. last: where the rows stay in memory the source is not read again, so that its arrays may be taken over.
struct Place {
  Memory* memory = nullptr;
  std::shared_ptr<Source> again = {};
  std::function<void(std::uint64_t bytes)> on_store = {};
  bool part = false;
  bool last = false;
};

/// All rows of the source as features; columns are matched by name in any order. With `target` (nullable) the target is encoded too,
/// an unknown class or a missing target being a data error; `weight` as in EncoderOptions, "" for none.
template <class T>
Result<Dataset<T>> encode(Source& source, const Schema& schema, const Encoder& encoder, const TargetCoding* target,
                          const std::string& weight, ThreadPool& pool, const Place& place = {});

/// Weights of classes as the user asks for them: rows / (classes x rows of the class), or by name with 1 for those that are not named.
struct ClassWeights {
  bool balanced = false;
  std::map<std::string, double> by_name = {};

  bool given() const { return balanced || !by_name.empty(); }
};

/// Multiplies the weights of the rows that are not held out by those of their classes, which it gives back in the order of the classes.
template <class T>
Result<std::vector<double>> weigh_classes(Dataset<T>& data, const TargetCoding& target, const ClassWeights& weights, const Split& split);

/// The column a user means: by name, or @k counted from 0 (negative from the end). The error offers the nearest name.
Result<std::size_t> find_column(const Schema& schema, const std::string& name);

/// The same of several with commas between: "a,@-1". A column whose own name is all of that is meant alone.
Result<std::vector<std::size_t>> find_columns(const Schema& schema, const std::string& names);

/// The types that the columns had in training, to be declared when a file is opened for `encode`: so that a text column whose cells happen
/// to be numbers stays text. `target` (nullable) adds its column.
std::map<std::string, ColumnType> declared_types(const Encoder& encoder, const TargetCoding* target);

/// To and from the JSON that stands in the model.
std::string encoder_to_json(const Encoder& encoder);
Result<Encoder> encoder_from_json(const std::string& text);
std::string target_to_json(const TargetCoding& target);
Result<TargetCoding> target_from_json(const std::string& text);

}  // namespace fallline
