target_sources(fireside_engine PRIVATE
  models/copy_weights.cpp
  models/dense_decoder.cpp
  models/weight_plan.cpp
)
