set(cmd ${PROJECT_SOURCE_DIR}/cmd)
suite(cmd_test
  SOURCES cmd_drain_output_test.cc cmd_progress_test.cc cmd_taken_entries_test.cc
          ${cmd}/drain_output.cc ${cmd}/held_signals.cc ${cmd}/log.cc ${cmd}/progress.cc ${cmd}/taken_entries.cc
  LINKS percpumap_map spdlog::spdlog_header_only
  LABEL unit)
target_include_directories(cmd_test PRIVATE ${PROJECT_SOURCE_DIR})
