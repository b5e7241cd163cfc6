target_sources(fireside_engine PRIVATE
  base/error.cpp
  base/input_file.cpp
  base/json.cpp
  base/log.cpp
  base/user_folders.cpp
)
