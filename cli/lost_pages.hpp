// SPDX-License-Identifier: Apache-2.0
// Data files are mapped. Where one is cut short while it is read, or its disk fails, the system sends SIGBUS to whoever touches a page that
// is no longer there: that is an error of the data like any other.
#pragma once

namespace fallline::cli {

/// From here on such a page ends the program with a sentence that names the file, and the exit code of a data error.
void tell_lost_pages();

}  // namespace fallline::cli
