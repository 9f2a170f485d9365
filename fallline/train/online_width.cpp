// SPDX-License-Identifier: Apache-2.0
#include "fallline/train/online_width.hpp"

#include <algorithm>

#include "fallline/data/encode/columns.hpp"

namespace fallline {

void expect_other_levels(Encoder& encoder) {
  for (EncodedColumn& column : encoder.columns) {
    column.text.other = column.text.other || (column.features > 0 && column.type == ColumnType::text && column.hash.bits == 0);
  }
  encoding::lay_out(encoder);
}

void widen(Encoder& encoder, std::size_t width) {
  if (!encoder.matrix || encoder.matrix->width >= width || !encoder.columns.empty()) {
    return;
  }
  encoder.matrix->width = width;
  encoder.features = width;
  if (!encoder.matrix->scale.empty()) {
    encoder.matrix->scale.resize(width, 1);
  }
}

void narrow(Encoder& encoder, LinearModel& model, std::size_t width) {
  if (!encoder.matrix || !encoder.columns.empty() || !model.hidden.empty() || width >= model.features) {
    return;
  }
  encoder.matrix->width = width;
  encoder.features = width;
  encoder.matrix->scale.resize(std::min(width, encoder.matrix->scale.size()));
  for (std::size_t c = 0; c < model.outputs; ++c) {
    std::copy_n(model.weights.begin() + static_cast<std::ptrdiff_t>(c * model.features), width,
                model.weights.begin() + static_cast<std::ptrdiff_t>(c * width));
  }
  model.weights.resize(model.outputs * width);
  model.features = width;
}

}  // namespace fallline
