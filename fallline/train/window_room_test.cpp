// SPDX-License-Identifier: Apache-2.0
#include "fallline/train/window_room.hpp"

#include <gtest/gtest.h>

#include "fallline/base/scratch.hpp"
#include "fallline/data/row_file.hpp"

namespace fallline {
namespace {

TEST(WindowRoom, IsRefusedOfRowsInAFileAlone) {
  constexpr std::size_t rows = 10'000'000;
  const Memory memory(std::uint64_t{512} << 20U, scratch_folder());
  Dataset<float> data;
  data.rows = rows;
  data.features = data.stride = 8;
  EXPECT_TRUE(check_window_room(data, rows, memory));
  data.store = *RowFile<float>::create(memory, data, false, 0);
  EXPECT_TRUE(check_window_room(data, std::nullopt, memory));
  EXPECT_TRUE(check_window_room(data, 2'200'000, memory));  // 2 x 44 bytes each, of 192 MiB
  const auto refused = check_window_room(data, 2'400'000, memory);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::usage);
  EXPECT_NE(refused.error().message.find("take 212 MB in memory"), std::string::npos) << refused.error().message;
}

}  // namespace
}  // namespace fallline
