// SPDX-License-Identifier: Apache-2.0
#include "fallline/train/model_file.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>

#include "fallline/base/file.hpp"
#include "fallline/base/onnx_reader.hpp"
#include "fallline/data/encode/columns.hpp"
#include "fallline/train/model_file_graph.hpp"

namespace fallline {
namespace {

EncodedColumn number_column(const std::string& name, NumberCoding coding) {
  EncodedColumn column;
  column.name = name;
  column.number = coding;
  column.features = coding.constant ? 0 : (coding.indicator ? 2 : 1);
  return column;
}

EncodedColumn text_column(const std::string& name, TextCoding coding) {
  EncodedColumn column;
  column.name = name;
  column.type = ColumnType::text;
  column.text = coding;
  column.features = coding.levels.size() + (coding.other ? 1U : 0U) + (coding.missing ? 1U : 0U);
  return column;
}

Encoder encoder_of(std::vector<EncodedColumn> columns) {
  Encoder encoder;
  encoder.missing = {"", "NA"};
  for (EncodedColumn& column : columns) {
    column.first = encoder.features;
    encoder.features += column.features;
  }
  encoder.columns = std::move(columns);
  return encoder;
}

/// Every kind of column, in an order that the graph has to restore.
Encoder mixed_encoder() {
  return encoder_of({text_column("color", {{"blue", "red"}, true, true}),
                     number_column("age", {.center = 38.5, .scale = 0.1, .impute = 38.5, .indicator = true}),
                     number_column("same", {.constant = true}),
                     number_column("time", {.center = 1.6e9, .scale = 0.5, .impute = 1.6e9, .wide = true}),
                     number_column("size", {.center = -1, .scale = 3, .impute = 0.25})});
}

Model classifier(std::vector<std::string> classes, HeadKind head, bool probabilities) {
  Model model;
  model.encoder = mixed_encoder();
  model.target = {"y", true, false, std::move(classes), 0, 1};
  model.linear.model = probabilities ? "logistic" : "perceptron";
  model.linear.loss = probabilities ? "logistic" : "perceptron";
  model.linear.head = head;
  model.linear.probabilities = probabilities;
  model.linear.features = model.encoder.features;
  model.linear.outputs = head == HeadKind::binary ? 1 : model.target.classes.size();
  model.linear.bias.assign(model.linear.outputs, 0.25);
  for (std::size_t i = 0; i < model.linear.outputs * model.linear.features; ++i) {
    model.linear.weights.push_back(0.125 * static_cast<double>(i) - 0.5);
  }
  model.trained = R"({"optimizer":"adam","epochs":20,"learning_rate":0.001})";
  return model;
}

Model binary() { return classifier({"no", "yes"}, HeadKind::binary, true); }

Model regression() {
  Model model = classifier({}, HeadKind::value, false);
  model.target = {"price", false, true, {}, 2.5, 0.1};
  model.linear.outputs = 1;
  model.linear.bias = {1};
  model.linear.weights.assign(model.linear.features, 0.5);
  model.linear.model = "linear";
  model.linear.loss = "squared";
  model.linear.activation = OutputActivation::softplus;
  return model;
}

void expect_round_trip(const Model& model) {
  const std::string bytes = model_to_onnx(model);
  const auto read = model_from_onnx(bytes, "m.onnx");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->linear.weights, model.linear.weights);
  EXPECT_EQ(read->linear.bias, model.linear.bias);
  EXPECT_EQ(read->linear.head, model.linear.head);
  EXPECT_EQ(read->linear.activation, model.linear.activation);
  EXPECT_EQ(read->linear.probabilities, model.linear.probabilities);
  EXPECT_EQ(read->linear.intercept, model.linear.intercept);
  EXPECT_EQ(read->linear.double_precision, model.linear.double_precision);
  EXPECT_EQ(read->linear.loss, model.linear.loss);
  EXPECT_EQ(read->linear.model, model.linear.model);
  EXPECT_EQ(read->target.classes, model.target.classes);
  EXPECT_EQ(read->trained, model.trained);
  EXPECT_EQ(model_to_onnx(*read), bytes);
}

TEST(ModelFile, GivesARegressionBack) { expect_round_trip(regression()); }
TEST(ModelFile, GivesARegressionOfSeveralTargetsBack) {
  Model model = regression();
  model.target.more = {{"tax", 3, 0.5, ""}};
  model.linear.outputs = 2;
  model.linear.bias = {1, 2};
  model.linear.weights.resize(2 * model.linear.features, 0.25);
  model.linear.losses = {"huber:delta=2", "huber:delta=3"};
  expect_round_trip(model);
  const auto read = model_from_onnx(model_to_onnx(model), "m.onnx");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->linear.losses, model.linear.losses);
  EXPECT_EQ(read->target.names(), (std::vector<std::string>{"price", "tax"}));
  model.linear.losses.pop_back();
  EXPECT_FALSE(model_from_onnx(model_to_onnx(model), "m.onnx"));
}
TEST(ModelFile, GivesABinaryClassifierBack) { expect_round_trip(binary()); }
TEST(ModelFile, GivesAMulticlassClassifierBack) {
  Model model = classifier({"a", "b", "c"}, HeadKind::multiclass, true);
  model.linear.loss = "cross_entropy";
  expect_round_trip(model);
}
TEST(ModelFile, GivesAPerceptronBack) { expect_round_trip(classifier({"no", "yes"}, HeadKind::binary, false)); }
TEST(ModelFile, KeepsEveryDigitOfADoubleModel) {
  Model model = binary();
  model.linear.double_precision = true;
  model.linear.weights[0] = 0.1;
  expect_round_trip(model);
}
TEST(ModelFile, GivesAModelWithoutFeaturesBack) {
  Model model = binary();
  model.encoder = encoder_of({number_column("same", {.constant = true})});
  model.linear.features = 0;
  model.linear.weights.clear();
  expect_round_trip(model);
}

TEST(ModelFile, HoldsWeightsInInitialisersOnly) {
  Model model = binary();
  model.linear.weights[0] = 0.3203125;
  const std::string bytes = model_to_onnx(model);
  const auto reader = onnx::Reader::open(bytes);
  ASSERT_TRUE(reader);
  const auto weights = reader->numbers("weights");
  ASSERT_TRUE(weights);
  EXPECT_EQ(weights->values, model.linear.weights);
  EXPECT_EQ(reader->metadata("fallline")->find("0.3203125"), std::string_view::npos);
}

std::vector<std::string> input_names(const Model& model) {
  std::vector<std::string> names;
  for (const onnx::Value& input : prediction_graph(model).graph.inputs) {
    names.push_back(input.name);
  }
  return names;
}

TEST(ModelFile, AsksForTheColumnsThatItUsesInTheirOrder) {
  EXPECT_EQ(input_names(binary()), (std::vector<std::string>{"color", "age", "time", "size"}));
}

TEST(ModelFile, KeepsColumnNamesThatItsOwnTensorsWouldHave) {
  Model model = binary();
  model.encoder.columns[1].name = "weights";
  model.encoder.columns[3].name = "prediction";
  EXPECT_EQ(input_names(model), (std::vector<std::string>{"color", "weights", "prediction", "size"}));
  expect_round_trip(model);
}

TEST(ModelFile, TakesManyNumberColumnsAsOneMatrix) {
  std::vector<EncodedColumn> columns;
  for (int i = 0; i < 1001; ++i) {
    columns.push_back(number_column("c" + std::to_string(i), {.constant = i == 3}));
  }
  columns.push_back(text_column("color", {{"blue"}, false, false}));
  Model model = binary();
  model.encoder = encoder_of(columns);
  model.linear.features = model.encoder.features;
  model.linear.weights.assign(model.linear.features, 1);
  const PredictionGraph graph = prediction_graph(model);
  EXPECT_EQ(input_names(model), (std::vector<std::string>{"color", "x"}));
  EXPECT_EQ(*std::get_if<std::int64_t>(&graph.graph.inputs[1].dims[1]), 1001);
  expect_round_trip(model);
}

/// A model of that many number columns, each with an indicator.
Model wide_table(int columns) {
  std::vector<EncodedColumn> encoded;
  for (int i = 0; i < columns; ++i) {
    encoded.push_back(number_column("c" + std::to_string(i), {.indicator = true}));
  }
  Model model = binary();
  model.encoder = encoder_of(encoded);
  model.linear.features = model.encoder.features;
  model.linear.weights.assign(model.linear.features, 1);
  return model;
}

TEST(ModelFile, TakesHashedColumnsAsBucketsAndTellsUnits) {
  EncodedColumn when = number_column("when", {.center = 19000, .scale = 0.1, .impute = 19000});
  when.type = ColumnType::time;
  when.unit = days_unit;
  EncodedColumn city = text_column("city", {});
  city.hash.bits = 4;
  city.text.missing = true;
  EncodedColumn review = text_column("review", {});
  review.hash.bits = 3;
  review.hash.words = true;
  Model model = regression();
  model.encoder.columns = {when, city, review};
  model.encoder.crosses = {{0, 0}};
  encoding::lay_out(model.encoder);
  model.linear.features = model.encoder.features;
  model.linear.weights.assign(model.linear.features, 0.5);
  EXPECT_EQ(model.encoder.features, 1U + 17U + 8U + 1U);
  const auto inputs = prediction_graph(model).graph.inputs;
  std::vector<std::string> names;
  for (const onnx::Value& input : inputs) {
    names.push_back(input.name);
  }
  EXPECT_EQ(names, (std::vector<std::string>{"when", "city bucket", "review buckets", "review counts"}));
  EXPECT_EQ(inputs[0].doc, days_unit);
  EXPECT_EQ(inputs[1].type, onnx::ElementType::int64);
  EXPECT_NE(inputs[2].doc.find("in [0, 8), 8 for a missing cell"), std::string::npos);
  expect_round_trip(model);
}

TEST(ModelFile, TakesAMatrixWhereTheDataWereOne) {
  Model model = regression();
  model.encoder = encoder_of({number_column("x0", {}), number_column("x1", {.constant = true}), number_column("x2", {})});
  model.encoder.matrix_input = true;
  model.linear.features = 2;
  model.linear.weights = {1, 2};
  const auto inputs = prediction_graph(model).graph.inputs;
  ASSERT_EQ(inputs.size(), 1U);
  EXPECT_EQ(inputs[0].name, "x");
  EXPECT_EQ(inputs[0].dims[1], onnx::Dimension(std::int64_t{3}));
  expect_round_trip(model);
}

TEST(ModelFile, NeedsNoMoreNodesForMoreNumberColumns) {
  EXPECT_EQ(prediction_graph(wide_table(2)).graph.nodes.size(), prediction_graph(wide_table(900)).graph.nodes.size());
}

/// A model of numbered features alone.
Model of_matrix(const MatrixCoding& matrix) {
  Model model = binary();
  model.encoder = Encoder{};
  model.encoder.matrix = matrix;
  model.encoder.features = model.linear.features = matrix.width;
  model.linear.weights.assign(matrix.width, 0.5);
  return model;
}

TEST(ModelFile, TakesNumberedFeaturesAsOneMatrix) {
  for (const MatrixCoding& matrix :
       {MatrixCoding{.width = 3}, MatrixCoding{.width = 3, .first_number = 0, .scale = {1, 0.25, 8}, .wide = true}}) {
    const Model model = of_matrix(matrix);
    expect_round_trip(model);
    const PredictionGraph graph = prediction_graph(model);
    ASSERT_EQ(input_names(model), std::vector<std::string>{"x"});
    EXPECT_EQ(*std::get_if<std::int64_t>(&graph.graph.inputs[0].dims[1]), 3);
    EXPECT_EQ(graph.graph.inputs[0].type, matrix.wide ? onnx::ElementType::float64 : onnx::ElementType::float32);
  }
}

onnx::ElementType prediction_type(std::vector<std::string> classes, bool numeric) {
  Model model = classifier(std::move(classes), HeadKind::multiclass, true);
  model.target.numeric = numeric;
  return prediction_graph(model).graph.outputs[0].type;
}

TEST(ModelFile, PredictsWholeNumbersAsSuchAndOtherClassesAsText) {
  EXPECT_EQ(prediction_type({"-1", "0", "7"}, true), onnx::ElementType::int64);
  EXPECT_EQ(prediction_type({"0", "0.5", "1"}, true), onnx::ElementType::string);
  EXPECT_EQ(prediction_type({"0", "1", "2"}, false), onnx::ElementType::string);
}

TEST(ModelFile, RefusesEveryTruncation) {
  const std::string whole = model_to_onnx(binary());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto read = model_from_onnx(whole.substr(0, size), "m.onnx");
    ASSERT_FALSE(read) << size;
    EXPECT_EQ(read.error().code, ErrorCode::data);
    EXPECT_NE(read.error().message.find("m.onnx"), std::string::npos);
  }
}

TEST(ModelFile, RefusesEveryFlippedBitThatMatters) {
  const std::string whole = model_to_onnx(binary());
  for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
    std::string bytes = whole;
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
    const auto read = model_from_onnx(bytes, "m.onnx");
    if (read) {
      ASSERT_EQ(model_to_onnx(*read), whole) << "bit " << bit;
    }
  }
}

std::string message_for(const std::string& bytes) {
  const auto read = model_from_onnx(bytes, "m.onnx");
  return read ? "" : read.error().message;
}

TEST(ModelFile, RefusesAMatrixWhoseScalesDoNotFit) {
  for (const std::vector<double>& scale : {std::vector<double>{1, 2}, std::vector<double>{1, 2, -1}}) {
    const std::string said = message_for(model_to_onnx(of_matrix({.width = 3, .scale = scale})));
    EXPECT_NE(said.find("the matrix has a scale"), std::string::npos) << said;
  }
}

TEST(ModelFile, TellsWhatAForeignFileIs) {
  EXPECT_NE(message_for("a,b\n1,2\n").find("not a whole ONNX file"), std::string::npos);
  EXPECT_NE(message_for("").find("not a whole ONNX file"), std::string::npos);
  EXPECT_NE(message_for(onnx::file_bytes({"other", "1", {}}, "")).find("not one that Fallline wrote"), std::string::npos);
}

TEST(ModelFile, RefusesANewerFormatByName) {
  const std::string message = message_for(onnx::file_bytes({"fallline", "9", {{"fallline", R"({"format":2})"}}}, ""));
  EXPECT_NE(message.find("newer Fallline (model format 2"), std::string::npos);
  EXPECT_NE(message.find("Update"), std::string::npos);
}

TEST(ModelFile, RefusesJsonThatNestsWithoutEnd) {
  const std::string deep = R"({"format":1,"trained":)" + std::string(1000000, '[');
  EXPECT_NE(message_for(onnx::file_bytes({"fallline", "9", {{"fallline", deep}}}, "")).find("damaged"), std::string::npos);
}

TEST(ModelFile, NeverSavesWeightsThatAreNotNumbers) {
  Model model = binary();
  model.linear.weights[1] = std::numeric_limits<double>::quiet_NaN();
  const std::string path = testing::TempDir() + "fallline_nan.onnx";
  EXPECT_FALSE(save_model(model, path));
  EXPECT_FALSE(read_file(path));
}

TEST(ModelFile, RefusesWeightsThatAreNotNumbersInAFile) {
  Model model = binary();
  model.linear.weights[1] = std::numeric_limits<double>::infinity();
  EXPECT_NE(message_for(model_to_onnx(model)).find("not a finite number"), std::string::npos);
}

TEST(ModelFile, SavesAndLoadsAFile) {
  const std::string path = testing::TempDir() + "fallline_model.onnx";
  ASSERT_TRUE(save_model(binary(), path));
  const auto read = load_model(path);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(model_to_onnx(*read), model_to_onnx(binary()));
  std::remove(path.c_str());
}

TEST(ModelFile, NamesTheFileThatIsNotThere) {
  const auto read = load_model("/nowhere/m.onnx");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::data);
  EXPECT_NE(read.error().message.find("/nowhere/m.onnx"), std::string::npos);
}

}  // namespace
}  // namespace fallline
