suite(stats_test
  SOURCES stats_bar_test.cc stats_field_test.cc stats_histogram_test.cc stats_output_test.cc
  LINKS percpumap_stats
  LABEL unit)
