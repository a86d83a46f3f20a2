#include "differential/differential.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <climits>
#include <thread>

#include "base/error.h"
#include "differential/contents.h"

namespace percpumap::test {
namespace {

constexpr size_t kMostTwins = 8;
constexpr size_t kJudge = 0;

std::vector<std::string> pin_paths(const std::string& directory) {
  std::vector<std::string> paths;
  for (const char* name :
       {"a", "b", "c", "sub/d", "a/x", "none/x", "with.dot", "sub", "", "a/", "sub/../b"}) {
    paths.push_back(directory + "/" + name);
  }
  paths.push_back(directory + "/" + std::string(NAME_MAX + 1, 'n'));
  paths.insert(paths.end(), {"", "/", "/dev/null", "/dev/percpumap-nowhere", "/percpumap-nowhere/x"});
  return paths;
}

Answer answer(std::error_code error) {
  Answer said;
  said.code = error.value();
  return said;
}

std::string describe(const MapInfo& info) {
  return "type " + std::to_string(info.type) + " key_size " + std::to_string(info.key_size) + " value_size " +
         std::to_string(info.value_size) + " max_entries " + std::to_string(info.max_entries) + " flags " +
         std::to_string(info.flags) + " name '" + info.name + "' btf " + std::to_string(info.btf_id) + " " +
         std::to_string(info.btf_key_type_id) + " " + std::to_string(info.btf_value_type_id);
}

// Updates start from the beginning again, which changes nothing that they have done.
Answer perform_patiently(const MapCall& call, RawMap& map) {
  constexpr int tries = 10'000;
  Answer said = perform(call, map);
  for (int i = 0; i < tries && said.code == ENOMEM; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    said = perform(call, map);
  }
  return said;
}

}  // namespace

Differential::Differential(Backend& judge, Backend& tried, const std::string& pin_directory, uint64_t seed)
    : sides_{&judge, &tried},
      memlock_{empty_memlock(judge), empty_memlock(tried)},
      paths_(pin_paths(pin_directory)),
      dice_(seed),
      referee_(seed) {}

uint64_t Differential::empty_memlock(Backend& backend) const {
  MapSpec spec;
  spec.key_size = spec.value_size = spec.max_entries = 1;
  spec.flags = kNoPrealloc;
  std::unique_ptr<RawMap> map;
  MapUsage usage;
  if (const auto error = backend.create(spec, map)) throw std::system_error(error, "cannot make a map");
  if (const auto error = map->usage(usage)) throw std::system_error(error, "cannot read fdinfo");
  return usage.memlock;
}

template <typename Ask>
Answer Differential::compare(Ask ask) {
  Answer judge = ask(kJudge);
  referee_.expect_same(judge, ask(size_t{1}));
  return judge;
}

template <typename Ask>
Answer Differential::both(std::string operation, Ask ask) {
  referee_.begin(std::move(operation));
  return compare(ask);
}

template <typename Ask>
Answer Differential::both_on(const Subject& subject, const std::string& operation, Ask ask) {
  referee_.begin("map " + std::to_string(subject.number) + ": " + operation, &subject.spec);
  return compare(ask);
}

template <typename Ask>
Answer Differential::both_soon(std::string operation, Ask ask) {
  constexpr int tries = 1000;
  referee_.begin(std::move(operation));
  const Answer tried = ask(size_t{1});
  Answer judge = ask(kJudge);
  for (int i = 0; i < tries && judge != tried; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    judge = ask(kJudge);
  }
  referee_.expect_same(judge, tried);
  return judge;
}

template <typename Open>
bool Differential::open(const std::string& operation, Open open) {
  Twin twin;
  const auto said = both_soon(operation, [&](size_t side) {
    twin.maps[side].reset();  // or what was opened at an earlier try would keep the map alive
    return answer(open(side, twin.maps[side]));
  });
  if (said.code != 0) return false;
  if (twins_.size() == kMostTwins) twins_.erase(twins_.begin());
  twins_.push_back(std::move(twin));
  return true;
}

Differential::Twin& Differential::any_twin() {
  return twins_[dice_.below(static_cast<uint32_t>(twins_.size()))];
}

void Differential::run(uint64_t operations, uint64_t maps) {
  const uint64_t each = std::max<uint64_t>(1, operations / std::max<uint64_t>(1, maps));
  for (uint64_t i = 0; i < operations; ++i) {
    if (i % each == 0) begin_map();
    step();
  }
  retire();
}

void Differential::begin_map() {
  if (!subjects_.empty()) audit(*subjects_.back());
  if (dice_.one_in(4)) retire();
  if (dice_.one_in(2)) twins_.clear();
  create_map();
}

void Differential::step() {
  if (twins_.empty()) create_map();
  const uint32_t kind = dice_.below(2000);
  if (kind < 1860) return call_map();
  if (kind < 1890) return tell(any_twin());
  if (kind < 1920) return open_id(dice_.pick(subjects_), random_open_flags(dice_));
  if (kind < 1935) return close_one();
  if (kind < 1950) return create_spoiled();
  if (kind < 1965) return pin();
  if (kind < 1978) return open_pin(any_path());
  if (kind < 1986) return unpin(any_path());
  if (kind < 1990) return look_at_pins();
  if (kind < 1994) return list_ids();
  if (kind < 1995) return freeze();
  audit(*any_twin().subject);
}

void Differential::call_map() {
  Twin& twin = any_twin();
  const MapCall call = random_call(dice_, *twin.subject, twin.cursor);
  const auto said = both_on(*twin.subject, test::describe(call), [&](size_t side) {
    Answer one = side == kJudge ? perform_patiently(call, *twin.maps[side]) : perform(call, *twin.maps[side]);
    if (!twin.subject->ordered()) forget_order(*twin.subject, call, one);
    return one;
  });
  if (!is_batch(call.command)) return;
  ++batches_;
  const bool began = said.code != EINVAL && said.code != EPERM && said.code != ERANGE;
  if (began) entries_ += said.count;
  twin.cursor = said.code == 0 || said.code == ENOSPC ? said.cursor : 0;
}

// info and fdinfo.
void Differential::tell(Twin& twin) {
  both_on(*twin.subject, "info and usage", [&](size_t side) {
    MapInfo info;
    MapUsage usage;
    Answer said = answer(twin.maps[side]->info(info));
    if (said.code == 0) said.code = twin.maps[side]->usage(usage).value();
    said.text = describe(info) + " memlock " + std::to_string(usage.memlock - memlock_[side]) +
                (usage.frozen ? " frozen" : "");
    return said;
  });
}

void Differential::audit(const Subject& subject) {
  const uint32_t count = dice_.between(1, 20);
  const bool by_key = dice_.one_in(2);
  both_on(subject, by_key ? "whole walk by key" : "whole walk by batch", [&](size_t side) {
    std::unique_ptr<RawMap> map;
    const auto error = sides_[side]->open_id(subject.ids[side], kReadOnly, map);
    if (error) return answer(error);
    Answer all = by_key ? contents_by_key(*map, subject) : contents_by_batch(*map, subject, count);
    if (!subject.ordered()) sort_entries(subject, subject.row_size, all);
    return all;
  });
}

bool Differential::create(const MapSpec& spec) {
  return open(describe(spec),
              [&](size_t side, std::unique_ptr<RawMap>& map) { return sides_[side]->create(spec, map); });
}

std::array<MapInfo, 2> Differential::infos(Twin& twin) {
  std::array<MapInfo, 2> infos;
  for (size_t side = 0; side < infos.size(); ++side) twin.maps[side]->info(infos[side]);
  return infos;
}

void Differential::create_map() {
  auto subject = std::make_shared<Subject>();
  subject->number = ++maps_;
  // Old kernels do not take every one.
  int tries = 100;
  do {
    if (--tries == 0) throw std::runtime_error("neither side can " + describe(subject->spec));
    subject->spec = random_spec(dice_, sides_[kJudge]->possible_cpus().size());
  } while (!create(subject->spec));
  subject->row_size = round_up8(subject->spec.value_size) * sides_[kJudge]->possible_cpus().size();
  make_keys(dice_, *subject);
  Twin& twin = twins_.back();
  const auto found = infos(twin);
  subject->ids = {found[0].id, found[1].id};
  twin.subject = subject;
  subjects_.push_back(subject);
  tell(twin);
  // Most calls should get further than the access mode.
  if ((subject->spec.flags & (kReadOnly | kWriteOnly)) != 0) open_id(subject, 0);
}

void Differential::create_spoiled() {
  MapSpec spec = random_spec(dice_, sides_[kJudge]->possible_cpus().size());
  spoil(dice_, spec);
  if (create(spec)) twins_.pop_back();
}

void Differential::open_id(const std::shared_ptr<const Subject>& subject, uint32_t flags) {
  const bool opened =
      open("open id of map " + std::to_string(subject->number) + " open_flags " + std::to_string(flags),
           [&](size_t side, std::unique_ptr<RawMap>& map) {
             return sides_[side]->open_id(subject->ids[side], flags, map);
           });
  if (opened) twins_.back().subject = subject;
}

void Differential::open_pin(const std::string& path) {
  const uint32_t flags = random_open_flags(dice_);
  const bool opened = open(
      "open pin " + path + " open_flags " + std::to_string(flags),
      [&](size_t side, std::unique_ptr<RawMap>& map) { return sides_[side]->open_pin(path, flags, map); });
  if (!opened) return;
  const auto found = infos(twins_.back());
  both("which map " + path + " leads to", [&](size_t side) {
    const auto is_it = [&](const auto& subject) { return subject->ids[side] == found[side].id; };
    Answer said;
    said.text = std::to_string(std::ranges::find_if(subjects_, is_it) - subjects_.begin());
    return said;
  });
  const auto is_it = [&](const auto& subject) { return subject->ids[kJudge] == found[kJudge].id; };
  twins_.back().subject = *std::ranges::find_if(subjects_, is_it);
}

void Differential::pin() {
  Twin& twin = any_twin();
  const std::string& path = any_path();
  both_on(*twin.subject, "pin " + path, [&](size_t side) { return answer(twin.maps[side]->pin(path)); });
}

void Differential::unpin(const std::string& path) {
  both("unpin " + path, [&](size_t side) { return answer(sides_[side]->unpin(path)); });
}

void Differential::look_at_pins() {
  const std::string& path = any_path();
  both("check_bpffs " + path, [&](size_t side) { return answer(sides_[side]->check_bpffs(path)); });
  both("pinned_paths", [&](size_t side) {
    auto pins = sides_[side]->pinned_paths();
    std::ranges::sort(pins);
    Answer said;
    for (const std::string& pin : pins) {
      if (pin.starts_with(paths_.front().substr(0, paths_.front().size() - 1))) said.text += pin + " ";
    }
    return said;
  });
}

// Which maps are alive; ids that no map ever has.
void Differential::list_ids() {
  both_soon("next_id, all", [&](size_t side) {
    Answer said;
    std::vector<bool> alive(subjects_.size());
    for (uint32_t id = 0; said.code == 0;) {
      said.code = sides_[side]->next_id(id, id).value();
      for (size_t i = 0; i < alive.size(); ++i) alive[i] = alive[i] || subjects_[i]->ids[side] == id;
    }
    for (const bool one : alive) said.text += one ? '1' : '0';
    return said;
  });
  const uint32_t after = dice_.pick<uint32_t>({INT_MAX, UINT32_MAX, 1U << 31});
  both("next_id after " + std::to_string(after), [&](size_t side) {
    uint32_t id = 0;
    return answer(sides_[side]->next_id(after, id));
  });
  const uint32_t nowhere = dice_.pick<uint32_t>({0, INT_MAX, UINT32_MAX});
  const uint32_t flags = random_open_flags(dice_);
  both("open id " + std::to_string(nowhere) + " open_flags " + std::to_string(flags), [&](size_t side) {
    std::unique_ptr<RawMap> map;
    return answer(sides_[side]->open_id(nowhere, flags, map));
  });
}

void Differential::close_one() {
  std::swap(any_twin(), twins_.back());
  twins_.pop_back();
}

void Differential::freeze() {
  Twin& twin = any_twin();
  both_on(*twin.subject, "freeze", [&](size_t side) { return answer(twin.maps[side]->freeze()); });
}

// All maps die; their ids with them.
void Differential::retire() {
  twins_.clear();
  for (const std::string& path : paths_) unpin(path);
  for (const auto& subject : subjects_) {
    both_soon("map " + std::to_string(subject->number) + ": open the id of the dead map", [&](size_t side) {
      std::unique_ptr<RawMap> map;
      return answer(sides_[side]->open_id(subject->ids[side], 0, map));
    });
  }
  subjects_.clear();
}

}  // namespace percpumap::test
