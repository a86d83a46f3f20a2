#include "support/faulty_backend.h"

#include "base/error.h"

namespace percpumap::test {
namespace {

class FaultyMap final : public RawMap {
 public:
  FaultyMap(std::unique_ptr<RawMap> inner, Faults& faults) : inner_(std::move(inner)), faults_(faults) {}

  std::error_code info(MapInfo& info) override { return inner_->info(info); }
  std::error_code usage(MapUsage& usage) override { return inner_->usage(usage); }
  std::error_code lookup(Bytes key, MutableBytes row, uint64_t flags) override {
    return run(Call::lookup, [&] { return inner_->lookup(key, row, flags); });
  }
  std::error_code update(Bytes key, Bytes row, uint64_t flags) override {
    return run(Call::update, [&] { return inner_->update(key, row, flags); });
  }
  std::error_code erase(Bytes key, uint64_t flags) override {
    return run(Call::erase, [&] { return inner_->erase(key, flags); });
  }
  std::error_code take(Bytes key, MutableBytes row, uint64_t flags) override {
    return run(Call::take, [&] { return inner_->take(key, row, flags); });
  }
  std::error_code next_key(Bytes key, MutableBytes next) override {
    return run(Call::next_key, [&] { return inner_->next_key(key, next); });
  }

  // A batch of updates or deletions that fails has done half of what was asked: what is left is the caller's
  // affair.
  std::error_code batch(BatchCommand command, BatchCall& call) override {
    const int code = faults_.meet(call_of(command));
    if (code == 0) return inner_->batch(command, call);
    if (code == EINVAL) return errno_code(EINVAL);
    const bool changes = command == BatchCommand::update || command == BatchCommand::erase;
    call.count = changes ? call.count / 2 : 0;
    if (call.count > 0) {
      if (const auto ec = inner_->batch(command, call)) return ec;
    }
    return errno_code(code);
  }

  std::error_code freeze() override { return inner_->freeze(); }
  std::error_code pin(const std::string& path) override { return inner_->pin(path); }

 private:
  static Call call_of(BatchCommand command) {
    switch (command) {
      case BatchCommand::lookup: return Call::lookup_batch;
      case BatchCommand::take: return Call::take_batch;
      case BatchCommand::update: return Call::update_batch;
      case BatchCommand::erase: return Call::erase_batch;
    }
    return Call::lookup_batch;
  }

  template <typename Forward>
  std::error_code run(Call call, Forward forward) {
    const int code = faults_.meet(call);
    return code == 0 ? forward() : errno_code(code);
  }

  std::unique_ptr<RawMap> inner_;
  Faults& faults_;
};

class FaultyBackend final : public Backend {
 public:
  FaultyBackend(Backend& inner, Faults& faults) : inner_(inner), faults_(faults) {}

  std::string name() const override { return inner_.name(); }
  const CpuList& possible_cpus() const override { return inner_.possible_cpus(); }
  const CpuList& online_cpus() const override { return inner_.online_cpus(); }
  std::error_code create(const MapSpec& spec, std::unique_ptr<RawMap>& map) override {
    return wrap(inner_.create(spec, map), map);
  }
  std::error_code next_id(uint32_t after, uint32_t& id) override { return inner_.next_id(after, id); }
  std::error_code open_id(uint32_t id, uint32_t open_flags, std::unique_ptr<RawMap>& map) override {
    return wrap(inner_.open_id(id, open_flags, map), map);
  }
  std::error_code open_pin(const std::string& path, uint32_t open_flags,
                           std::unique_ptr<RawMap>& map) override {
    return wrap(inner_.open_pin(path, open_flags, map), map);
  }
  std::error_code open_fd(int fd, std::unique_ptr<RawMap>& map) override {
    return wrap(inner_.open_fd(fd, map), map);
  }
  std::vector<std::string> pinned_paths() override { return inner_.pinned_paths(); }
  std::error_code check_bpffs(const std::string& path) override { return inner_.check_bpffs(path); }
  std::error_code unpin(const std::string& path) override { return inner_.unpin(path); }

 private:
  std::error_code wrap(std::error_code answer, std::unique_ptr<RawMap>& map) {
    if (!answer) map = std::make_unique<FaultyMap>(std::move(map), faults_);
    return answer;
  }

  Backend& inner_;
  Faults& faults_;
};

}  // namespace

std::unique_ptr<Backend> make_faulty_backend(Backend& inner, Faults& faults) {
  return std::make_unique<FaultyBackend>(inner, faults);
}

}  // namespace percpumap::test
