target_sources(fireside_engine PRIVATE
  scheduler/block_manager.cpp
  scheduler/scheduler.cpp
)
