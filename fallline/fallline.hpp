// SPDX-License-Identifier: Apache-2.0
// All of Fallline: the optimiser library, and training from a table to a saved model. CMake target fallline::fallline.
#pragma once

#include "fallline/data/csv.hpp"
#include "fallline/data/dataset.hpp"
#include "fallline/data/encoder.hpp"
#include "fallline/data/libsvm.hpp"
#include "fallline/data/source.hpp"
#include "fallline/math/thread_pool.hpp"
#include "fallline/model/landscape.hpp"
#include "fallline/model/linear.hpp"
#include "fallline/optim.hpp"
#include "fallline/train/evaluate.hpp"
#include "fallline/train/model_file.hpp"
#include "fallline/train/train.hpp"
