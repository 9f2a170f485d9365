// SPDX-License-Identifier: Apache-2.0
// A descent in two dimensions as a drawing for a terminal: the path over contour lines of the function.
#pragma once

#include <string>

#include "cli/descend_options.hpp"
#include "fallline/model/landscape.hpp"
#include "fallline/optim/minimize.hpp"

namespace fallline::cli {

/// Asked for, or on a terminal that shows UTF-8; never for other than two dimensions, nor beside --json.
bool plot_wanted(const DescendRequest& request, const LandscapeInfo& info);

/// The rectangle shown is that of the path within the box. end: with its path.
std::string descend_plot(Landscape& landscape, const MinimizeResult& end);

}  // namespace fallline::cli
