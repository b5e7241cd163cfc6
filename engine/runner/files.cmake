target_sources(fireside_engine PRIVATE
  runner/cpu_runner.cpp
  runner/cuda/cuda_loader.cpp
  runner/cuda/tuning_file.cpp
  runner/host_buffer.cpp
  runner/machine.cpp
  runner/memory_plan.cpp
  runner/sampling_tables.cpp
)
