target_sources(fireside_engine PRIVATE
  base/error.cpp
  base/json.cpp
  base/log.cpp
  base/mapped_file.cpp
)
