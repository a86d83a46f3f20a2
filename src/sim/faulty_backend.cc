#include "sim/faulty_backend.h"

#include <cerrno>
#include <cstdlib>
#include <utility>

#include "base/error.h"

namespace percpumap {
namespace {

// The answer of `forward`, or the error that this call is to meet.
template <typename Forward>
std::error_code answer(Faults& faults, Call call, Forward forward) {
  const int code = faults.meet(call);
  return code == 0 ? forward() : errno_code(code);
}

Call call_of(BatchCommand command) {
  switch (command) {
    case BatchCommand::lookup: return Call::lookup_batch;
    case BatchCommand::take: return Call::take_batch;
    case BatchCommand::update: return Call::update_batch;
    case BatchCommand::erase: return Call::erase_batch;
  }
  return Call::lookup_batch;
}

class FaultyMap final : public RawMap {
 public:
  FaultyMap(std::unique_ptr<RawMap> inner, std::shared_ptr<Faults> faults)
      : inner_(std::move(inner)), faults_(std::move(faults)) {}

  std::error_code info(MapInfo& info) override {
    return answer(*faults_, Call::info, [&] { return inner_->info(info); });
  }
  std::error_code usage(MapUsage& usage) override {
    return answer(*faults_, Call::usage, [&] { return inner_->usage(usage); });
  }
  std::error_code lookup(Bytes key, MutableBytes row, uint64_t flags) override {
    return answer(*faults_, Call::lookup, [&] { return inner_->lookup(key, row, flags); });
  }
  std::error_code update(Bytes key, Bytes row, uint64_t flags) override {
    return answer(*faults_, Call::update, [&] { return inner_->update(key, row, flags); });
  }
  std::error_code erase(Bytes key, uint64_t flags) override {
    return answer(*faults_, Call::erase, [&] { return inner_->erase(key, flags); });
  }
  std::error_code take(Bytes key, MutableBytes row, uint64_t flags) override {
    return answer(*faults_, Call::take, [&] { return inner_->take(key, row, flags); });
  }
  std::error_code next_key(Bytes key, MutableBytes next) override {
    return answer(*faults_, Call::next_key, [&] { return inner_->next_key(key, next); });
  }
  std::error_code batch(BatchCommand command, BatchCall& call) override {
    const int code = faults_->meet(call_of(command));
    return code == 0 ? inner_->batch(command, call) : fail_batch(command, call, code);
  }
  std::error_code freeze() override {
    return answer(*faults_, Call::freeze, [&] { return inner_->freeze(); });
  }
  std::error_code pin(const std::string& path) override {
    return answer(*faults_, Call::pin, [&] { return inner_->pin(path); });
  }
  std::error_code run_program(uint32_t cpu, ProgramCall& call) override {
    return answer(*faults_, Call::run_program, [&] { return inner_->run_program(cpu, call); });
  }

 private:
  std::error_code fail_batch(BatchCommand command, BatchCall& call, int code) {
    if (code == EINVAL || code == EPERM) return errno_code(code);
    const bool changes = command != BatchCommand::lookup;
    call.count = changes ? call.count / 2 : 0;
    if (call.count > 0) {
      if (const auto error = inner_->batch(command, call)) return error;
    }
    return errno_code(code);
  }

  std::unique_ptr<RawMap> inner_;
  std::shared_ptr<Faults> faults_;
};

class FaultyBackend final : public Backend {
 public:
  FaultyBackend(std::shared_ptr<Backend> inner, std::shared_ptr<Faults> faults)
      : inner_(std::move(inner)), faults_(std::move(faults)) {}

  std::string name() const override { return inner_->name(); }
  const CpuList& possible_cpus() const override { return inner_->possible_cpus(); }
  CpuList online_cpus() const override { return inner_->online_cpus(); }
  uint32_t current_cpu() const override { return inner_->current_cpu(); }
  bool has_cap_bpf() const override { return inner_->has_cap_bpf(); }
  Privileges privileges() const override { return inner_->privileges(); }
  std::error_code find_function(const std::string& function) const override {
    return inner_->find_function(function);
  }

  std::error_code create(const MapSpec& spec, std::unique_ptr<RawMap>& map) override {
    return wrap(answer(*faults_, Call::create, [&] { return inner_->create(spec, map); }), map);
  }
  std::error_code btf(uint32_t id, std::vector<std::byte>& blob) override { return inner_->btf(id, blob); }
  std::error_code next_id(uint32_t after, uint32_t& id) override {
    return answer(*faults_, Call::next_id, [&] { return inner_->next_id(after, id); });
  }
  std::error_code open_id(uint32_t id, uint32_t open_flags, std::unique_ptr<RawMap>& map) override {
    return wrap(answer(*faults_, Call::open_id, [&] { return inner_->open_id(id, open_flags, map); }), map);
  }
  std::error_code open_pin(const std::string& path, uint32_t open_flags,
                           std::unique_ptr<RawMap>& map) override {
    return wrap(answer(*faults_, Call::open_pin, [&] { return inner_->open_pin(path, open_flags, map); }),
                map);
  }
  std::error_code open_fd(int fd, std::unique_ptr<RawMap>& map) override {
    return wrap(inner_->open_fd(fd, map), map);
  }
  std::vector<std::string> pinned_paths() override { return inner_->pinned_paths(); }
  std::error_code check_bpffs(const std::string& path) override { return inner_->check_bpffs(path); }
  std::error_code unpin(const std::string& path) override {
    return answer(*faults_, Call::unpin, [&] { return inner_->unpin(path); });
  }

 private:
  std::error_code wrap(std::error_code error, std::unique_ptr<RawMap>& map) {
    if (!error) map = std::make_unique<FaultyMap>(std::move(map), faults_);
    return error;
  }

  std::shared_ptr<Backend> inner_;
  std::shared_ptr<Faults> faults_;
};

}  // namespace

std::unique_ptr<Backend> make_faulty_backend(std::shared_ptr<Backend> inner, std::shared_ptr<Faults> faults) {
  return std::make_unique<FaultyBackend>(std::move(inner), std::move(faults));
}

std::unique_ptr<Backend> with_environment_faults(std::unique_ptr<Backend> inner) {
  const char* text = std::getenv("PERCPUMAP_SIM_FAULTS");
  auto faults = std::make_shared<Faults>(parse_faults(text != nullptr ? text : ""));
  if (faults->empty()) return inner;
  return make_faulty_backend(std::move(inner), std::move(faults));
}

}  // namespace percpumap
