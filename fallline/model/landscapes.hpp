// SPDX-License-Identifier: Apache-2.0
// The list of landscapes. A name that stands here appears in the command line, its help, `list landscapes` and the tests.
#pragma once

#include <variant>

#include "fallline/model/landscapes/ackley.hpp"
#include "fallline/model/landscapes/beale.hpp"
#include "fallline/model/landscapes/booth.hpp"
#include "fallline/model/landscapes/bowl.hpp"
#include "fallline/model/landscapes/double_well.hpp"
#include "fallline/model/landscapes/easom.hpp"
#include "fallline/model/landscapes/goldstein_price.hpp"
#include "fallline/model/landscapes/griewank.hpp"
#include "fallline/model/landscapes/himmelblau.hpp"
#include "fallline/model/landscapes/levy.hpp"
#include "fallline/model/landscapes/matyas.hpp"
#include "fallline/model/landscapes/mccormick.hpp"
#include "fallline/model/landscapes/monkey_saddle.hpp"
#include "fallline/model/landscapes/plateau.hpp"
#include "fallline/model/landscapes/rastrigin.hpp"
#include "fallline/model/landscapes/ravine.hpp"
#include "fallline/model/landscapes/rosenbrock.hpp"
#include "fallline/model/landscapes/saddle.hpp"
#include "fallline/model/landscapes/saddle_bounded.hpp"
#include "fallline/model/landscapes/schwefel.hpp"
#include "fallline/model/landscapes/six_hump_camel.hpp"
#include "fallline/model/landscapes/styblinski_tang.hpp"

namespace fallline::landscapes {

using Any =
    std::variant<Bowl, Rosenbrock, Saddle, SaddleBounded, MonkeySaddle, Plateau, Ravine, DoubleWell, Beale, Booth, Himmelblau, Matyas,
                 McCormick, StyblinskiTang, GoldsteinPrice, SixHumpCamel, Rastrigin, Ackley, Griewank, Schwefel, Levy, Easom>;

}  // namespace fallline::landscapes
