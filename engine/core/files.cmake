target_sources(fireside_engine PRIVATE
  config.cpp
  core/active_request.cpp
  core/batch_builder.cpp
  core/cpu_rates.cpp
  core/device_rates.cpp
  core/loading.cpp
  core/model_folders.cpp
  device_info.cpp
  engine.cpp
  model_info.cpp
  request.cpp
)
