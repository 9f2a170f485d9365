// SPDX-License-Identifier: Apache-2.0
// The optimiser library: minimize a function of your own by any rule or method, with schedules, penalties, noise, multi-start and a
// gradient checker. CMake target fallline::optim.
#pragma once

#include "fallline/optim/gradient_check.hpp"
#include "fallline/optim/methods.hpp"
#include "fallline/optim/minimize.hpp"
#include "fallline/optim/multistart.hpp"
#include "fallline/optim/rules.hpp"
#include "fallline/optim/schedule.hpp"
