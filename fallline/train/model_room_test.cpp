// SPDX-License-Identifier: Apache-2.0
#include "fallline/train/model_room.hpp"

#include <gtest/gtest.h>

namespace fallline {
namespace {

TEST(ModelRoom, IsAskedForBeforeTheWork) {
  const ModelSize wide{.weights = std::uint64_t{1} << 28U, .trained = 1000};
  EXPECT_TRUE(check_model_room(wide, bytes_for(wide)));
  const auto refused = check_model_room(wide, bytes_for(wide) - 1);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::no_room);
  EXPECT_NE(refused.error().message.find("268,435,456 weights"), std::string::npos) << refused.error().message;
  EXPECT_NE(refused.error().message.find("8.6 GB"), std::string::npos) << refused.error().message;
}

TEST(ModelRoom, WhatNoFileHoldsIsRefusedWhateverTheMemory) {
  const auto refused = check_model_room({.weights = std::uint64_t{1} << 29U, .trained = 1}, ~std::uint64_t{0});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::no_room);
  EXPECT_NE(refused.error().message.find("a model file holds 2.1 GB at most"), std::string::npos) << refused.error().message;
}

}  // namespace
}  // namespace fallline
