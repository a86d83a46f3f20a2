#include "output/bpftool_entries.h"

namespace percpumap {

void BpftoolEntries::write(const Batch& batch, size_t i, std::string& out, size_t depth) const {
  BpftoolText text(out, style_, depth);
  text.open('{');
  text.name("key");
  if (key_.write(batch.key(shape_, i), text)) {
    text.name("values");
    text.open('[');
    write_values(batch, i, text);
    text.close(']');
  }
  text.close('}');
}

void BpftoolEntries::write_values(const Batch& batch, size_t i, BpftoolText& text) const {
  bool known = true;
  for (size_t slot = 0; slot < shape_.cpus.size() && known; ++slot) {
    text.open('{');
    text.name("cpu");
    text.value("{}", slot);
    text.name("value");
    known = value_.write(batch.value(shape_, i, slot), text);
    text.close('}');
  }
}

}  // namespace percpumap
