target_sources(fireside_engine PRIVATE
  base/error.cpp
  base/log.cpp
)
