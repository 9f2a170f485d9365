// SPDX-License-Identifier: Apache-2.0
// Options whose text is more than a number or a word: characters, learning rates, batch sizes, averages, names of models and losses.
#pragma once

#include "cli/options.hpp"

namespace fallline::cli {

void add_format(OptionList& list, DataRequest& to);
void add_header(OptionList& list, DataRequest& to);
void add_delimiter(OptionList& list, DataRequest& to);
void add_decimal(OptionList& list, DataRequest& to);
void add_comment(OptionList& list, DataRequest& to);
void add_encoding(OptionList& list, DataRequest& to);
void add_missing(OptionList& list, DataRequest& to);
void add_types(OptionList& list, DataRequest& to);

/// How columns become features.
void add_encoder(OptionList& list, EncoderOptions& to);
void add_class_weight(OptionList& list, ClassWeights& to);

void add_model_name(OptionList& list, ModelOptions& to);
void add_loss_name(OptionList& list, ModelOptions& to);
void add_no_intercept(OptionList& list, ModelOptions& to);
void add_output_activation(OptionList& list, ModelOptions& to);
void add_network(OptionList& list, ModelOptions& to);
/// Where training begins: a model, or several random starts.
void add_starts(OptionList& list, TrainRequest& to);

void add_memory(OptionList& list, MemoryRequest& to);

void add_learning_rate(OptionList& list, TrainOptions& to);
void add_batch_size(OptionList& list, TrainOptions& to);
/// All stages of the chain that a user may set: accumulation, penalties, decay, clipping, averaging.
void add_chain(OptionList& list, ChainOptions& to);

}  // namespace fallline::cli
