#include "cmd/report.h"

#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "output/json_writer.h"
#include "output/sink.h"

namespace percpumap {
namespace {

void member(JsonWriter& json, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  json.key(name);
  json.string(value);
}

void write_json(Sink& sink, const Error& error) {
  JsonWriter json(sink, JsonWriter::Style::compact);
  json.begin_object();
  json.key("error");
  json.begin_object();
  member(json, "code", problem_name(error.problem()));
  if (error.cause) member(json, "errno", errno_name(error.cause.value()));
  member(json, "operation", error.operation);
  member(json, "map", error.map);
  member(json, "message", error.what());
  member(json, "hint", error.hint);
  json.end_object();
  json.end_object();
  json.newline();
}

// A hint that is itself a line of the grammar reads better as "usage".
void write_text(Sink& sink, const Error& error) {
  sink.write("percpumap: ");
  sink.write(error.what());
  sink.write("\n");
  if (error.hint.empty()) return;
  sink.write(error.hint.starts_with("percpumap ") ? "usage: " : "  hint: ");
  sink.write(error.hint);
  sink.write("\n");
}

}  // namespace

int report(const Error& error, bool json) {
  if (error.problem() == Problem::output_failed && error.cause.value() == EPIPE) return 128 + SIGPIPE;
  try {
    Sink sink(STDERR_FILENO);
    json ? write_json(sink, error) : write_text(sink, error);
    sink.flush();
  } catch (const Error&) {
    // stderr is closed or full: the exit status must do
  }
  return exit_status(error.problem());
}

}  // namespace percpumap
