// That the driver can fail: two simulations, one of which is made to go wrong.
#include <gtest/gtest.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "differential/differential.h"
#include "sim/faulty_backend.h"
#include "sim/sim_backend.h"

namespace percpumap::test {
namespace {

const std::string kPins = "/percpumap-diff-self";

class DifferentialSelf : public testing::Test {
 protected:
  DifferentialSelf() : root_(testing::TempDir() + "percpumap-diff-XXXXXX") {
    EXPECT_NE(nullptr, mkdtemp(root_.data()));
    judge_ = make_machine("judge");
    tried_ = make_machine("tried");
    broken_ = make_faulty_backend(tried_, faults_);
  }
  ~DifferentialSelf() override { std::filesystem::remove_all(root_); }

  // What is said of the first difference, if there is one.
  std::optional<std::string> difference() {
    Differential differential(*judge_, *broken_, "/sys/fs/bpf" + kPins, 7);
    try {
      differential.run(20'000, 50);
    } catch (const Difference& found) {
      return found.what();
    }
    return std::nullopt;
  }

  void expect_difference(const std::string& what) {
    const auto said = difference();
    ASSERT_TRUE(said.has_value()) << what;
    EXPECT_NE(std::string::npos, said->find("\n  " + what)) << *said;
    EXPECT_TRUE(said->starts_with("seed 7, operation ")) << *said;
  }

  // Every map that the tried side has now, open.
  std::vector<std::unique_ptr<RawMap>> tried_maps() {
    std::vector<std::unique_ptr<RawMap>> maps;
    for (uint32_t id = 0; !tried_->next_id(id, id);) {
      if (std::unique_ptr<RawMap> map; !tried_->open_id(id, 0, map)) maps.push_back(std::move(map));
    }
    return maps;
  }
  // Of every map that `wanted` says, `change` gets each key and row, in the order of a walk.
  void change_entries(const std::function<bool(const MapInfo&)>& wanted,
                      const std::function<void(RawMap&, Bytes, Buffer)>& change) {
    for (const auto& map : tried_maps()) {
      MapInfo info;
      ASSERT_FALSE(map->info(info));
      if (wanted(info)) change_entries(*map, info, change);
    }
  }

  std::shared_ptr<Faults> faults_ = std::make_shared<Faults>();

 private:
  std::shared_ptr<Backend> make_machine(const std::string& name) {
    const std::string directory = root_ + "/" + name;
    EXPECT_TRUE(std::filesystem::create_directories(directory + "/pins" + kPins + "/sub"));
    std::filesystem::permissions(directory, std::filesystem::perms::owner_all);
    return make_sim_backend(directory);
  }

  void change_entries(RawMap& map, const MapInfo& info,
                      const std::function<void(RawMap&, Bytes, Buffer)>& change) {
    std::vector<Buffer> keys;
    Buffer next(info.key_size);
    while (!map.next_key(keys.empty() ? Bytes() : keys.back(), next)) keys.push_back(next);
    for (const Buffer& key : keys) {
      Buffer row(round_up8(info.value_size) * tried_->possible_cpus().size());
      ASSERT_FALSE(map.lookup(key, row, 0));
      change(map, key, row);
    }
  }

  std::string root_;
  std::shared_ptr<Backend> judge_;
  std::shared_ptr<Backend> tried_;
  std::unique_ptr<Backend> broken_;
};

bool has_zero_seed(const MapInfo& info) {
  return (info.flags & kZeroSeed) != 0;
}

void insert_again(RawMap& map, Bytes key, const Buffer& row) {
  if (map.erase(key, 0)) return;  // frozen
  EXPECT_FALSE(map.update(key, row, kNoExist));
}

TEST_F(DifferentialSelf, finds_nothing_where_there_is_nothing) {
  EXPECT_EQ(std::nullopt, difference());
}

TEST_F(DifferentialSelf, sees_a_wrong_code) {
  faults_->fail(Call::erase, 100, EDOM);
  expect_difference("code: ");
}

TEST_F(DifferentialSelf, sees_one_wrong_byte) {
  faults_->before(Call::lookup, 200, [this] {
    change_entries([](const MapInfo&) { return true; },
                   [](RawMap& map, Bytes key, Buffer row) {
                     row.back() ^= std::byte{1};
                     map.update(key, row, kExist);
                   });
  });
  expect_difference("rows from byte ");
}

TEST_F(DifferentialSelf, sees_another_order) {
  faults_->before(Call::lookup, 200, [this] { change_entries(has_zero_seed, insert_again); });
  expect_difference("");
}

TEST_F(DifferentialSelf, does_not_mind_the_order_where_it_is_chance) {
  faults_->before(Call::lookup, 200, [this] {
    change_entries([](const MapInfo& info) { return !has_zero_seed(info); }, insert_again);
  });
  EXPECT_EQ(std::nullopt, difference());
}

TEST_F(DifferentialSelf, sees_a_map_that_lives_too_long) {
  std::vector<std::unique_ptr<RawMap>> held;
  faults_->before(Call::lookup, 200, [&] { held = tried_maps(); });
  expect_difference("");
}

TEST(Referee, names_all_that_differs) {
  const Answer judge = {
      .code = 0, .count = 3, .cursor = 1, .keys = Buffer(2), .rows = Buffer(9), .text = "a"};
  Answer tried = {.code = ENOSPC, .count = 4, .cursor = 2, .keys = Buffer(2), .rows = Buffer(9), .text = "b"};
  tried.rows.back() = std::byte{0xff};
  EXPECT_EQ(
      "  code: 0 / ENOSPC\n  count: 3 / 4\n  cursor: 0x1 / 0x2\n  rows from byte 8: 00 / ff\n  answer: a / "
      "b\n",
      describe_difference(judge, tried));
  EXPECT_EQ("", describe_difference(judge, judge));
  Referee referee(1);
  referee.begin("lookup");
  EXPECT_THROW(referee.expect_same(judge, tried), Difference);
}

}  // namespace
}  // namespace percpumap::test
