suite(output_test
  SOURCES output_allocation_test.cc output_bpftool_test.cc output_csv_test.cc output_hostile_test.cc
          output_json_writer_test.cc output_line_table_test.cc output_printer_test.cc output_record_test.cc
          output_sink_test.cc output_table_test.cc output_text_test.cc
  LINKS percpumap_output nlohmann_json::nlohmann_json
  LABEL unit)
